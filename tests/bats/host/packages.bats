#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet host/packages
  export CALLS=$BATS_TEST_TMPDIR/calls INSTALLS=$BATS_TEST_TMPDIR/bin
  stub sudo <<'STUB'
printf '%q ' sudo "$@" >>"$CALLS"
printf '\n' >>"$CALLS"
[[ $1 != -[nv] ]] || exit 0
while [[ $1 != -- ]]; do shift; done
shift
exec "$@"
STUB
  # Installs a package by making a program of its name.
  stub apt-get <<'STUB'
printf '%q ' "${DEBIAN_FRONTEND:-}" apt-get "$@" >>"$CALLS"
printf '\n' >>"$CALLS"
echo "output of apt-get $*"
[[ " $* " != *" ${APT_FAILS:-nothing} "* ]] || exit 100
[[ " $* " == *" install "* ]] || exit 0
for package; do
  [[ $package == -* || $package == install || $package == DPkg* ]] || cp /bin/true "$INSTALLS/$package"
done
STUB
}

step='STEPS_PHASE=root; steps_state host/packages; steps_apply host/packages'

@test "nothing is missing: the check says done, and names what is there" {
  TOOLS=(bash cat)
  host_packages_check
  [[ $STEPS_WHY == 'all are here: bash cat' ]]
}

@test "only what is missing is installed, by one update and one install, as root, without questions" {
  TOOLS=(bash podsand-a cat podsand-b)
  run production "$step"
  ((status == 0))
  # as_root asks whether it may, then come the two.
  [[ $(sed -n '1p;2p;4p' "$CALLS") == "sudo -n true 
sudo -- apt-get -o DPkg::Lock::Timeout=120 update 
sudo -- env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends podsand-a podsand-b " ]]
  [[ $(sed -n 5p "$CALLS") == 'noninteractive apt-get '* ]]
  (($(wc -l <"$CALLS") == 5))
  [[ -x $INSTALLS/podsand-a && -x $INSTALLS/podsand-b && ! -e $INSTALLS/bash ]]
}

@test "a second run finds everything, and calls neither sudo nor apt-get" {
  TOOLS=(podsand-a)
  production "$step"
  [[ -s $CALLS ]]
  rm "$CALLS"
  host_packages_check
  [[ ! -e $CALLS ]]
}

@test "programs whose package has another name" {
  without newuidmap flock usermod
  TOOLS=(flock newuidmap podsand-a usermod)
  not host_packages_check
  [[ $STEPS_WHY == 'missing: util-linux uidmap podsand-a passwd' ]]
}

@test "a program of /usr/sbin counts, although a user's PATH does not hold that" {
  without usermod
  TOOLS=(usermod)
  not host_packages_check
  mkdir -p "$PODSAND_ROOT/usr/sbin"
  cp /bin/true "$PODSAND_ROOT/usr/sbin/usermod"
  host_packages_check
}

@test "alternatives: the first is enough, the second is enough, and the last is installed when there is neither" {
  without sqv gpgv
  TOOLS=('sqv|gpgv')
  not host_packages_check
  [[ ${HOST_PACKAGES_MISSING[*]} == gpgv ]]
  stub sqv </dev/null
  host_packages_check
  rm "$INSTALLS/sqv"
  not host_packages_check
  stub gpgv </dev/null
  host_packages_check
}

@test "ca-certificates is there when the system's bundle is there and holds something" {
  TOOLS=(ca-certificates)
  local bundle
  for bundle in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt; do
    not host_packages_check
    [[ $STEPS_WHY == 'missing: ca-certificates' ]]
    mkdir -p "$PODSAND_ROOT${bundle%/*}"
    : >"$PODSAND_ROOT$bundle"
    not host_packages_check
    printf 'certificate\n' >"$PODSAND_ROOT$bundle"
    host_packages_check
    rm "$PODSAND_ROOT$bundle"
  done
}

@test "without apt-get: exit 69, what is missing and the remedy; root is not asked for" {
  without apt-get
  TOOLS=(podsand-a podsand-b)
  run production "$step"
  ((status == 69))
  [[ $output == *'there is no apt-get here: podsand-a podsand-b'*'install them with your package manager'* ]]
  [[ ! -e $CALLS ]]
}

@test "apt-get update fails: install is not tried, and the log's last lines are shown" {
  TOOLS=(podsand-a)
  APT_FAILS=update run production "$step"
  ((status == 1))
  [[ $output == *'output of apt-get -o DPkg::Lock::Timeout=120 update'*"$PATHS_LOG/host-packages.log"* ]]
  [[ $(<"$CALLS") != *install* && ! -e $INSTALLS/podsand-a ]]
}

@test "apt-get install fails: the step fails" {
  TOOLS=(podsand-a)
  APT_FAILS=podsand-a run production "$step"
  ((status == 1))
  [[ $(<"$CALLS") == *install*podsand-a* && ! -e $INSTALLS/podsand-a ]]
}

@test "a package of which only the configuration is left is not installed" {
  local status
  for status in 'deinstall ok config-files' 'install ok half-installed' 'unknown ok not-installed'; do
    stub dpkg-query <<<"printf 'Package: x\nStatus: $status\nVersion: 1\n'"
    not host_packages_installed x
  done
  stub dpkg-query <<<"printf 'Package: x\nStatus: hold ok installed\nVersion: 1\n'"
  host_packages_installed x
  stub dpkg-query <<<'exit 1'
  not host_packages_installed x
}

@test "what is shown before root is asked for is what runs" {
  TOOLS=(podsand-a podsand-b)
  not host_packages_check
  run host_packages_commands
  [[ ${lines[0]} == 'apt-get -o DPkg::Lock::Timeout=120 update' && ${lines[1]} == 'env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends podsand-a podsand-b' ]]
  ((${#lines[@]} == 2))
}

@test "each package is in the journal before apt-get runs, and uninstall only names it" {
  TOOLS=(podsand-a podsand-b)
  APT_FAILS=update run -1 production "$step"
  grep -qxF $'host/packages\thost_packages_package\tpodsand-a' "$PATHS_JOURNAL"
  grep -qxF $'host/packages\thost_packages_package\tpodsand-b' "$PATHS_JOURNAL"
  rm "$CALLS"
  stub dpkg-query <<<'[[ $2 == podsand-a ]] && printf "Package: %s\nStatus: install ok installed\nVersion: 1\n" "$2"'
  run -0 host_packages_package_undo podsand-a
  [[ $output == *'sudo apt-get remove podsand-a'* && ! -e $CALLS ]]
  # One that is gone is not named.
  run -0 host_packages_package_undo podsand-b
  [[ -z $output ]]
}
