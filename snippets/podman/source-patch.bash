# shellcheck shell=bash
# /// snippet
# name = "podman/source-patch"
# summary = "podman-static's Dockerfile behind a company's walls: its CA in every stage, and base images from a mirror."
# requires = ["podman/source"]
# params = ["CFG_CONF_MIRRORS_LOCATION", "CFG_CONF_MIRRORS_PREFIX"]
# ///

podman_source_patch() { # <tree> <docker|podman>
  local index part ca=$PATHS_CA
  local -a edits=()
  for index in "${!CFG_CONF_MIRRORS_PREFIX[@]}"; do
    # A mirror of docker.io, or of the part of it with the base images. podman has its mirrors in registries.conf.
    part=docker.io/library/
    part=${part#"${CFG_CONF_MIRRORS_PREFIX[index]}/"}
    [[ $2 != docker || $part == docker.io/* ]] || edits+=(-e "s#^FROM ([a-z0-9._-]+[:@][^/ ]+( |\$))#FROM ${CFG_CONF_MIRRORS_LOCATION[index]}/$part\\1#")
  done
  if [[ -n $ca ]]; then
    # In the root phase it is not made yet: there the system's own file has the company's CA in it.
    [[ -r $ca ]] || ca=$PODSAND_ROOT/etc/ssl/certs/ca-certificates.crt
    cp -- "$ca" "$1/podsand-ca.pem"
    # Into each stage that begins with an image, not with another stage: where Alpine's programs look, and from where that is made anew.
    edits+=(-e '/^FROM [^ ]*[:@]/a COPY podsand-ca.pem /etc/ssl/certs/ca-certificates.crt\nCOPY podsand-ca.pem /usr/local/share/ca-certificates/podsand.crt')
  fi
  sed -E -i -e '' "${edits[@]}" -- "$1/Dockerfile"
}
