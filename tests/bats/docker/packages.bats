#!/usr/bin/env bats
load ../../support/bats/helper

# A server with the key alone; apt and dpkg are the real ones as far as they only read.
setup_file() {
  [[ -x /usr/bin/apt-get && -x /usr/bin/dpkg-query ]] || skip 'needs apt and dpkg'
  export WWW=$BATS_FILE_TMPDIR/www
  mkdir -p "$WWW"/{debian,ubuntu}
  printf '%s\n' '-----BEGIN PGP PUBLIC KEY BLOCK-----' 'a stand-in' | tee "$WWW/debian/gpg" >"$WWW/ubuntu/gpg"
  serve "$WWW"
  export SERVER_URL SERVER_PID
}

teardown_file() {
  [[ -z ${SERVER_PID:-} ]] || unserve
}

setup() {
  load_snippet docker/packages
  root_stand_in
  CFG_DOCKER_MIRROR=$SERVER_URL
  CFG_DOCKER_KEY_SHA256=$(sha256sum <"$WWW/debian/gpg" | cut -d ' ' -f 1)
  ETC=$PODSAND_ROOT/etc/apt
  mkdir -p "$ETC/sources.list.d" "$PODSAND_ROOT"/var/lib/{dpkg,apt/lists}
  : >"$PODSAND_ROOT/var/lib/dpkg/status"
  os_release 'ID=debian' 'VERSION_CODENAME=trixie'
  stub dpkg-query <<<'exec /usr/bin/dpkg-query --admindir="$ROOT/var/lib/dpkg" "$@"'
  stub apt-get <<'STUB'
case $* in
  indextargets*) exec /usr/bin/apt-get -o Dir::Etc="$ROOT/etc/apt" -o Dir::State="$ROOT/var/lib/apt" "$@" ;;
  '-s install '*)
    cat "$WORLD/simulation"
    exit "$(<"$WORLD/simulation-code")"
    ;;
  *update) [[ ! -e $WORLD/update-fails ]] || { echo 'E: The repository does not have a Release file.'; exit 100; } ;;
  *install*) printf '%s\n' "$DEBIAN_FRONTEND" >"$WORLD/installed" ;;
esac
STUB
  simulation 0 'Inst docker-ce'
  export ROOT WORLD
}

os_release() { # <line>…
  printf '%s\n' 'NAME="A (great) system"' "$@" >"$PODSAND_ROOT/etc/os-release"
}

simulation() { # <exit code> <line>…   what apt-get -s says
  printf '%s\n' "$1" >"$WORLD/simulation-code"
  printf '%s\n' "${@:2}" >"$WORLD/simulation"
}

has() { # <package> [status]   as dpkg writes it down
  printf '%s\n' "Package: $1" "Status: ${2:-install ok installed}" 'Maintainer: x' 'Architecture: all' 'Version: 1' 'Description: x' '' \
    >>"$PODSAND_ROOT/var/lib/dpkg/status"
}

step='STEPS_PHASE=root STEPS_CURRENT=docker/engine; docker_packages_apply'

@test "from nothing: the key, one source, an update and an install, in this order" {
  production "$step"
  [[ $(<"$CALLS") == 'install -D -m 0644 /dev/stdin /etc/apt/keyrings/docker.asc
install -D -m 0644 /dev/stdin /etc/apt/sources.list.d/docker.sources
apt-get -o DPkg::Lock::Timeout=120 update
env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin' ]]
  cmp "$WWW/debian/gpg" "$ETC/keyrings/docker.asc"
  [[ $(<"$ETC/sources.list.d/docker.sources") == "Types: deb
URIs: $SERVER_URL/debian
Suites: trixie
Components: stable
Architectures: $(dpkg --print-architecture)
Signed-By: /etc/apt/keyrings/docker.asc" ]]
  [[ $(stat -c %a "$ETC/keyrings/docker.asc" "$ETC/sources.list.d/docker.sources" | sort -u) == 644 ]]
  [[ $(<"$WORLD/installed") == noninteractive && ! -e $PATHS_CACHE/docker.asc ]]
}

@test "channel, mirror and version are the profile's" {
  CFG_DOCKER_CHANNEL='test' CFG_DOCKER_VERSION=28.5.1
  production "$step"
  [[ $(<"$ETC/sources.list.d/docker.sources") == *"URIs: $SERVER_URL/debian"*'Components: test'* ]]
  [[ $(tail -n 1 "$CALLS") == *'docker-ce=5:28.5.1-\* docker-ce-cli=5:28.5.1-\* containerd.io docker-buildx-plugin docker-compose-plugin' ]]
}

@test "Debian, Ubuntu, and what derives from them: the archive and the suite that it is made from" {
  local case
  while IFS='|' read -r case suite lines; do
    IFS=';' read -r -a lines <<<"$lines"
    os_release "${lines[@]}"
    docker_packages_system
    [[ "$DOCKER_PACKAGES_SYSTEM $DOCKER_PACKAGES_SUITE" == "$suite" ]] || {
      echo "$case: $DOCKER_PACKAGES_SYSTEM $DOCKER_PACKAGES_SUITE"
      false
    }
  done <<'CASES'
Debian 12|debian bookworm|ID=debian;VERSION_CODENAME=bookworm
Debian 13, with all that it says|debian trixie|PRETTY_NAME="Debian GNU/Linux 13 (trixie)";VERSION_CODENAME=trixie;ID=debian;DEBIAN_VERSION_FULL=13.1
Ubuntu 24.04|ubuntu noble|ID=ubuntu;ID_LIKE=debian;VERSION_CODENAME=noble;UBUNTU_CODENAME=noble
Mint 22|ubuntu noble|ID=linuxmint;ID_LIKE="ubuntu debian";VERSION_CODENAME=wilma;UBUNTU_CODENAME=noble
LMDE 6|debian bookworm|ID=linuxmint;ID_LIKE=debian;VERSION_CODENAME=faye;DEBIAN_CODENAME=bookworm
Pop!_OS|ubuntu jammy|ID=pop;ID_LIKE="ubuntu debian";VERSION_CODENAME=jammy;UBUNTU_CODENAME=jammy
Devuan|debian daedalus|ID=devuan;ID_LIKE=debian;VERSION_CODENAME=daedalus
CASES
}

@test "what the user's environment says of the system does not count" {
  export UBUNTU_CODENAME=evil DEBIAN_CODENAME=evil ID_LIKE=ubuntu
  docker_packages_system
  [[ "$DOCKER_PACKAGES_SYSTEM $DOCKER_PACKAGES_SUITE" == 'debian trixie' ]]
}

@test "Fedora, or a system that does not say what it is: exit 69, the remedies, and nothing was done" {
  os_release 'ID=fedora' 'VERSION_ID=42'
  run -69 production "$step"
  [[ $output == *"cannot install it on fedora"*'install Docker Engine with buildx yourself'*'podman.source=release'*'podman.builder=podman'* ]]
  rm "$PODSAND_ROOT/etc/os-release"
  run -69 production "$step"
  [[ ! -s $CALLS && -z $(find "$ETC" -type f) ]]
}

@test "a key with another sha256 is refused, and nothing is written" {
  CFG_DOCKER_KEY_SHA256=$(printf '%064d' 7)
  run -1 production "$step"
  [[ $output == *"$SERVER_URL/debian/gpg is not what this script expects"* ]]
  [[ ! -s $CALLS && -z $(find "$ETC" "$PATHS_CACHE" -type f) ]]
}

@test "no second source, when apt has one for the same archive and suite, in either form" {
  local form
  printf '%s\n' 'Types: deb' "URIs: $SERVER_URL/debian" 'Suites: trixie' 'Components: stable' 'Signed-By: /usr/share/keyrings/x.gpg' >"$BATS_TEST_TMPDIR/sources"
  printf '%s\n' "deb [signed-by=/etc/apt/keyrings/mine.asc] $SERVER_URL/debian trixie stable" >"$BATS_TEST_TMPDIR/list"
  for form in sources list; do
    rm -rf "$ETC"/sources.list.d/* "$PATHS_JOURNAL"
    cp "$BATS_TEST_TMPDIR/$form" "$ETC/sources.list.d/mine.$form"
    production "$step"
    [[ $(find "$ETC" -type f) == "$ETC/sources.list.d/mine.$form" && $(<"$CALLS") != *docker.asc* ]]
    [[ $(<"$CALLS") == *'apt-get -o DPkg::Lock::Timeout=120 update'*'install -y'* ]]
  done
}

@test "a source that is switched off, or is of another suite, does not count" {
  local line
  printf '%s\n' 'Enabled: no' 'Types: deb' "URIs: $SERVER_URL/debian" 'Suites: trixie' 'Components: stable' >"$ETC/sources.list.d/off.sources"
  for line in "# deb $SERVER_URL/debian trixie stable" "deb $SERVER_URL/debian bookworm stable" "deb $SERVER_URL/debian-more trixie stable"; do
    printf '%s\n' "$line" >"$ETC/sources.list.d/mine.list"
    rm -f "$ETC/sources.list.d/docker.sources"
    production "$step"
    [[ -s $ETC/sources.list.d/docker.sources && $(<"$ETC/sources.list.d/mine.list") == "$line" ]]
  done
}

@test "a key or source of somebody else's under our name stays, and is told" {
  local file
  for file in keyrings/docker.asc sources.list.d/docker.sources; do
    rm -rf "$ETC"/*/docker.* "$PATHS_JOURNAL"
    install -D -m 0644 /dev/stdin "$ETC/$file" <<<'# mine'
    run -1 production "$step"
    [[ $output == *"/etc/apt/$file is there already, and podsand did not write it"* && $(<"$ETC/$file") == '# mine' ]]
    [[ $(<"$CALLS") != *apt-get* ]]
  done
  # The control: what an interrupted run of podsand wrote is written again.
  rm -rf "$ETC"/*/docker.*
  production "$step"
  : >"$ETC/sources.list.d/docker.sources"
  production "$step"
  [[ $(<"$ETC/sources.list.d/docker.sources") == Types* ]]
}

@test "apt cannot read the new source: it is taken away again, and the suite is named; somebody else's stays" {
  os_release ID=kali ID_LIKE=debian VERSION_CODENAME=kali-rolling
  : >"$WORLD/update-fails"
  run -1 production "$step"
  [[ $output == *'apt-get update failed'*"is there a docker for debian kali-rolling at $SERVER_URL/debian?"* ]]
  [[ ! -e $ETC/sources.list.d/docker.sources && ! -e $WORLD/installed ]]
  printf '%s\n' "deb $SERVER_URL/debian kali-rolling stable" >"$ETC/sources.list.d/mine.list"
  rm "$PATHS_JOURNAL"
  run -1 production "$step"
  [[ -s $ETC/sources.list.d/mine.list && $(tail -n 1 "$CALLS") == *update ]]
}

@test "a package that is there is not named to apt, so that it is not upgraded; one of which only the configuration is left is" {
  has containerd.io
  has docker-ce 'deinstall ok config-files'
  has docker-ce-cli 'hold ok installed'
  production "$step"
  [[ $(tail -n 1 "$CALLS") == *'--no-install-recommends docker-ce docker-buildx-plugin docker-compose-plugin' ]]
}

@test "a distribution's docker is shown, and removed only when that is confirmed" {
  simulation 0 'Remv docker.io [26.1.5]' 'Remv containerd [1.7.24]' 'Remv runc [1.1.15]' 'Remv docker-buildx [0.13]' 'Inst docker-ce'
  run -77 production "$step" </dev/null
  [[ $output == *"these packages conflict with Docker's and are removed: docker.io containerd runc docker-buildx"*'must be confirmed'*'--yes'* ]]
  [[ ! -e $WORLD/installed ]]
  run -0 production "STEPS_YES=true; $step" </dev/null
  [[ $output == *'are removed: docker.io'* && -e $WORLD/installed ]]
}

@test "on a terminal it is asked, and no means no" {
  local answer
  simulation 0 'Remv podman-docker [5.4.2]'
  production ':'
  printf '%s\n' "$step" >>"$BATS_TEST_TMPDIR/production.bash"
  for answer in n y; do
    printf '%s\n' "$answer" | script --quiet --return --command "bash $BATS_TEST_TMPDIR/production.bash" /dev/null >"$BATS_TEST_TMPDIR/said" || true
    [[ $(<"$BATS_TEST_TMPDIR/said") == *'are removed: podman-docker'*'remove them?'* ]]
    [[ -e $WORLD/installed || $answer == n ]]
    [[ ! -e $WORLD/installed || $answer == y ]]
  done
}

@test "containerd or runc without docker.io, and whatever else apt would remove, is somebody else's: refused, --yes or not" {
  local line
  for line in 'Remv containerd [1.7.24]' 'Remv runc [1.1.15]' 'Remv kubelet [1.34.1]' 'Remv podman [5.4.2]'; do
    simulation 0 "$line" 'Inst docker-ce'
    run -69 production "STEPS_YES=true; $step"
    line=${line#Remv }
    [[ $output == *"installing docker would remove what is not docker's: ${line%% *}"*'podman.source=release'* && ! -e $WORLD/installed ]]
  done
  simulation 0 'Remv docker.io [26]' 'Remv runc [1.1]' 'Remv cri-tools [1.34]'
  run -69 production "STEPS_YES=true; $step"
  [[ $output == *"not docker's: cri-tools"$'\n'* && ! -e $WORLD/installed ]]
}

@test "what apt cannot install is told in apt's own words" {
  simulation 100 'Reading package lists...' 'E: Unable to correct problems, you have held broken packages.'
  run -1 production "$step"
  [[ $output == *'apt cannot install docker: E: Unable to correct problems, you have held broken packages.'* && ! -e $WORLD/installed ]]
}

@test "uninstall leaves the source while docker is there, takes it when docker is gone, and names no package that is gone" {
  production "$step"
  has docker-ce
  run -0 production 'journal_undo podsand; ((JOURNAL_FAILED == 0))'
  [[ $output == *'/etc/apt/sources.list.d/docker.sources belongs to docker, which stays'* && $(<"$CALLS") != *'rm -f'* ]]
  [[ $output == *'the package docker-ce was installed for podsand and stays'* && $output != *docker-compose-plugin* ]]

  rm "$PATHS_JOURNAL" "$ETC"/*/docker.*
  sed -i 's/^Status: .*/Status: deinstall ok config-files/' "$PODSAND_ROOT/var/lib/dpkg/status"
  production "$step"
  run -0 production 'journal_undo podsand; ((JOURNAL_FAILED == 0))'
  [[ $output != *'docker-ce was installed'* && -z $(find "$ETC" -type f) ]]
}

@test "what is shown is what runs" {
  has containerd.io
  CFG_DOCKER_VERSION=28.5.1
  run -0 docker_packages_commands
  [[ $output == 'install -D -m 0644 /dev/stdin /etc/apt/keyrings/docker.asc
install -D -m 0644 /dev/stdin /etc/apt/sources.list.d/docker.sources
apt-get -o DPkg::Lock::Timeout=120 update
env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120 install -y --no-install-recommends docker-ce=5:28.5.1-* docker-ce-cli=5:28.5.1-* docker-buildx-plugin docker-compose-plugin' ]]
}
