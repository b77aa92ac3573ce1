# shellcheck shell=bash
# /// snippet
# name = "core/proxy"
# summary = "Proxy variables for what the script itself starts, in both spellings."
# requires = ["core/paths"]
# params = ["CFG_PROXY_URL"]
# ///

proxy_setup() {
  local name upper
  [[ -z $CFG_PROXY_URL ]] || proxy_profile
  # curl and apt read http_proxy in lower case only; other programs read upper case only.
  for name in http_proxy https_proxy no_proxy; do
    upper=${name^^}
    if [[ -n ${!name:-} ]]; then
      export "$upper=${!name}"
    elif [[ -n ${!upper:-} ]]; then
      export "$name=${!upper}"
    fi
  done
}
