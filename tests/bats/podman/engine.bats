#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/engine podman/release podman/system
  SEEN=$BATS_TEST_TMPDIR/seen
  mkdir -p "$PATHS_PREFIX/current/bin" "$SEEN"
  engine
}

# A podman that writes down its environment, its arguments, what is open, and every command line of the machine.
engine() {
  {
    printf '#!/bin/sh\nseen=%q\n' "$SEEN"
    cat <<'PODMAN'
tr '\0' '\n' <"/proc/$$/environ" | sort >"$seen/environment"
for argument; do printf '<%s>\n' "$argument"; done >"$seen/arguments"
ls "/proc/$$/fd" >"$seen/descriptors"
cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' >"$seen/commands"
tr '\0' ' ' <"/proc/$$/cmdline" >"$seen/command"
[ "$1" != fail ] || exit 42
PODMAN
  } >"$PATHS_PREFIX/current/bin/podman"
  chmod 0755 "$PATHS_PREFIX/current/bin/podman"
}

names() { # the names in podman's environment, one line; _ is bash's own, SHLVL that of exec
  sed -e 's/=.*//' -e '/^_$/d' -e '/^SHLVL$/d' "$SEEN/environment" | tr '\n' ' '
}

value() { # <name>
  sed -n "s/^$1=//p" "$SEEN/environment"
}

plain='CONTAINERS_CONF CONTAINERS_POLICY_JSON CONTAINERS_REGISTRIES_CONF HOME LANG LOGNAME PATH PODMAN_IGNORE_CGROUPSV1_WARNING TERM TMPDIR USER XDG_RUNTIME_DIR '

@test "podman's environment is exactly what is named here, with podsand's own home and conf files" {
  hostile_home
  mkdir -p "$PATHS_PREFIX/current/bin"
  engine
  export LEAK=secret BASH_ENV=/dev/null XDG_CONFIG_HOME=$HOME/elsewhere CONTAINERS_STORAGE_CONF=/else DOCKER_HOST=tcp://else
  production 'podman_engine_setup; podman_engine ps'
  [[ $(names) == "$plain" ]]
  [[ $(value HOME) == "$PATHS_DATA/home" && $(value CONTAINERS_CONF) == "$PATHS_DATA/home/.config/containers/containers.conf" ]]
  [[ $(value CONTAINERS_REGISTRIES_CONF) == "$PATHS_CONF/registries.conf" && $(value CONTAINERS_POLICY_JSON) == "$PATHS_CONF/policy.json" ]]
  [[ $(value XDG_RUNTIME_DIR) == "$PATHS_RUNTIME" && $(value USER) == "$PATHS_USER" && $(value LANG) == C.UTF-8 ]]
}

@test "the same when podman takes the place of the script, as run does" {
  export LEAK=secret
  production 'podman_engine_setup; podman_engine_exec ps'
  [[ $(names) == "$plain" ]]
}

@test "variables with the names of the script's own do not leak, nor what bash has no name for, nor functions" {
  leak() { :; }
  export -f leak
  export name=leak exported=leak one=leak offline=leak code=leak runtime=leak
  # What bash cannot hold is put there by env, with readonly variables that somebody exported.
  helper_python
  production ':'
  env 'a.b=leak' 'npm_config_//x/:_authToken=leak' SHELLOPTS=braceexpand:hashall BASHOPTS=extglob \
    bash -c 'tr "\0" "\n" <"/proc/$$/environ" >"$1"; echo "podman_engine_setup; podman_engine ps" | cat "$2" - >"$2.all"; exec bash "$2.all"' \
    - "$BATS_TEST_TMPDIR/caller" "$BATS_TEST_TMPDIR/production.bash"
  # The control: that all this was there.
  (($(grep -c leak "$BATS_TEST_TMPDIR/caller") >= 9))
  [[ $(names) == "$plain" && $(<"$SEEN/environment") != *leak* ]]
}

@test "a terminal and a place for temporary files are passed on" {
  TERM=xterm-256color TMPDIR=$BATS_TEST_TMPDIR production 'podman_engine_setup; podman_engine ps'
  [[ $(value TERM) == xterm-256color && $(value TMPDIR) == "$BATS_TEST_TMPDIR" ]]
  (unset TERM && production 'podman_engine_setup; podman_engine ps')
  [[ $(value TERM) == dumb && $(value TMPDIR) == /tmp ]]
}

@test "trap 8: the bundle's programs are on podman's PATH, first, and on nobody else's" {
  cp /bin/true "$PATHS_PREFIX/current/bin/fusermount3"
  run production 'podman_engine_setup; podman_engine ps; printf "%s\n" "$PATH"; command -v podman fusermount3 || true'
  [[ $(value PATH) == "$PATHS_PREFIX/current/bin:/usr/local/bin:/usr/bin:"* ]]
  [[ $output == "$PATH"* && $output != *"$PATHS_PREFIX"* ]]
}

@test "scope user: the user's own conf files, and the session's runtime directory" {
  CFG_CONF_SCOPE=user
  mkdir -p "$PODSAND_ROOT/run/user/$UID"
  paths_setup
  production 'podman_engine_setup; podman_engine ps'
  [[ $(names) == "${plain#CONTAINERS_CONF CONTAINERS_POLICY_JSON CONTAINERS_REGISTRIES_CONF }" ]]
  [[ $(value HOME) == "$HOME" && $(value XDG_RUNTIME_DIR) == "$PODSAND_ROOT/run/user/$UID" ]]
}

@test "the session's bus is named when it is a socket" {
  mkdir -p "$PODSAND_ROOT/run/user/$UID"
  paths_setup
  : >"$PODSAND_ROOT/run/user/$UID/bus"
  production 'podman_engine_setup; podman_engine ps'
  [[ $(names) == "$plain" ]]
  rm "$PODSAND_ROOT/run/user/$UID/bus"
  helper_python
  (cd "$PODSAND_ROOT/run/user/$UID" && "$HELPER_PYTHON" -c 'import socket; socket.socket(socket.AF_UNIX).bind("bus")')
  production 'podman_engine_setup; podman_engine ps'
  [[ $(value DBUS_SESSION_BUS_ADDRESS) == "unix:path=$PODSAND_ROOT/run/user/$UID/bus" ]]
}

@test "the company's CA is podman's too" {
  CFG_PROXY_CA_BUNDLE='~/ca.pem'
  paths_setup
  production 'podman_engine_setup; podman_engine ps'
  [[ $(value SSL_CERT_FILE) == "$PATHS_DATA/ca-bundle.pem" ]]
}

@test "the proxy is known online only, in both spellings, and not after" {
  export http_proxy=http://user:secret@proxy:3128 HTTPS_PROXY=http://proxy:3129 no_proxy=localhost
  production 'proxy_setup; podman_engine_setup; podman_engine ps'
  [[ $(names) == "$plain" ]]
  production 'proxy_setup; podman_engine_setup; podman_engine_online pull x'
  [[ $(names) == *'HTTPS_PROXY HTTP_PROXY '*'NO_PROXY '*'http_proxy https_proxy no_proxy '* ]]
  [[ $(value HTTP_PROXY) == "$http_proxy" && $(value https_proxy) == "$HTTPS_PROXY" && $(value NO_PROXY) == localhost ]]
  production 'proxy_setup; podman_engine_setup; podman_engine_online pull x; podman_engine ps'
  [[ $(names) == "$plain" ]]
  production 'proxy_setup; podman_engine_setup; podman_engine_online fail || podman_engine ps'
  [[ $(names) == "$plain" && $(<"$SEEN/arguments") == '<ps>' ]]
}

@test "no secret stands on any command line while podman runs, nor on that of a program on the way" {
  local program
  for program in env nice sudo sh bash; do
    printf '#!/bin/sh\nprintf "%%s\\n" "$0 $*" >>%q\nPATH=/usr/bin:/bin exec %s "$@"\n' "$SEEN/way" "$program" >"$BATS_TEST_TMPDIR/bin/$program"
    chmod 0755 "$BATS_TEST_TMPDIR/bin/$program"
    cp "$BATS_TEST_TMPDIR/bin/$program" "$PATHS_PREFIX/current/bin/$program"
  done
  export http_proxy=http://user:s3cr3t-proxy@proxy:3128 TOKEN=s3cr3t-token
  production 'proxy_setup; podman_engine_setup; PODMAN_ENGINE+=("TOKEN=$TOKEN"); podman_engine_online run --env=TOKEN'
  [[ $(value TOKEN) == s3cr3t-token && $(value http_proxy) == *s3cr3t-proxy* ]]
  [[ $(<"$SEEN/commands") == *--env=TOKEN* ]]
  run -1 grep s3cr3t "$SEEN/commands" "$SEEN/command" "$SEEN/arguments" "$SEEN/way"
  [[ -s $SEEN/command && -s $SEEN/arguments && -s $SEEN/way ]]
}

@test "values may hold newlines, quotes and what bash would expand" {
  production 'podman_engine_setup; PODMAN_ENGINE+=("TOKEN=a\$(touch executed)\`x\`\"'"'"' \\ b"); podman_engine ps'
  [[ $(value TOKEN) == 'a$(touch executed)`x`"'"' \\ b" ]]
  production 'podman_engine_setup; PODMAN_ENGINE+=($'"'"'TOKEN=one\ntwo'"'"'); podman_engine ps'
  [[ $(grep -A1 '^TOKEN=' "$SEEN/environment") != '' && $(<"$SEEN/environment") == *TOKEN=one* && $(<"$SEEN/environment") == *two* ]]
}

@test "arguments arrive as they are, and the exit code comes back" {
  production 'podman_engine_setup; podman_engine run "" "a b" "*" "\$x" $'"'"'two\nlines'"'"' --'
  [[ $(<"$SEEN/arguments") == $'<run>\n<>\n<a b>\n<*>\n<$x>\n<two\nlines>\n<-->' ]]
  run -42 production 'podman_engine_setup; podman_engine fail; echo went on'
  [[ $output != *'went on'* ]]
  run -42 production 'podman_engine_setup; podman_engine_online fail; echo went on'
  [[ $output != *'went on'* ]]
  run -42 production 'podman_engine_setup; podman_engine_exec fail'
  run -0 production 'podman_engine_setup; podman_engine_online fail || echo "told $?"'
  [[ $output == 'told 42' ]]
}

@test "podman reads the caller's standard input, and inherits neither the lock nor anything else" {
  printf '#!/bin/sh\ncat\n' >"$PATHS_PREFIX/current/bin/podman"
  [[ $(production 'podman_engine_setup; podman_engine run' <<<'text') == text ]]
  [[ $(production 'podman_engine_setup; podman_engine_exec run' <<<'text') == text ]]
  engine
  # What is open in a podman that a test starts by itself is the control; 3 is that of bats.
  "$PATHS_PREFIX/current/bin/podman" ps 3>&-
  cp "$SEEN/descriptors" "$SEEN/control"
  production 'exec 9>>"$PATHS_DATA/lock"; podman_engine_setup; podman_engine ps' 3>&-
  cmp "$SEEN/descriptors" "$SEEN/control"
  production 'exec 9>>"$PATHS_DATA/lock"; podman_engine_setup; podman_engine_online ps' 3>&-
  cmp "$SEEN/descriptors" "$SEEN/control"
  # That a descriptor which is left open would be seen.
  production 'exec 8>>"$PATHS_DATA/lock"; podman_engine_setup; podman_engine ps' 3>&-
  run ! cmp "$SEEN/descriptors" "$SEEN/control"
}

@test "the runtime directory is made, for nobody else to read" {
  [[ ! -e $PATHS_RUNTIME ]]
  production 'podman_engine_setup'
  [[ $(stat -c '%a %u' "$PATHS_RUNTIME") == "700 $EUID" ]]
}

@test "asking a podman for its version leaves nothing behind, whatever it makes in the home it is told of" {
  local work=$BATS_TEST_TMPDIR/tmp
  mkdir "$work"
  printf '#!/bin/sh\nmkdir -p "$HOME/.local/x" "$XDG_RUNTIME_DIR/y"\necho "podman version 5.4.2"\n' >"$PATHS_PREFIX/current/bin/podman"
  TMPDIR=$work podman_engine_version "$PATHS_PREFIX/current/bin/podman"
  [[ $PODMAN_ENGINE_VERSION == 5.4.2 && -z $(ls -A "$work") && ! -e $HOME/.local/x ]]
}

@test "a version is read from a podman whose path holds an equals sign; what says something else has none" {
  hostile_home
  [[ $PATHS_PREFIX == *=* ]]
  mkdir -p "$PATHS_PREFIX/current/bin"
  printf '#!/bin/sh\necho "podman version 5.4.2"\n' >"$PATHS_PREFIX/current/bin/podman"
  chmod 0755 "$PATHS_PREFIX/current/bin/podman"
  podman_engine_version "$PATHS_PREFIX/current/bin/podman"
  [[ $PODMAN_ENGINE_VERSION == 5.4.2 ]]
  printf '#!/bin/sh\necho "docker version 5.4.2"\n' >"$PATHS_PREFIX/current/bin/podman"
  podman_engine_version "$PATHS_PREFIX/current/bin/podman"
  [[ -z $PODMAN_ENGINE_VERSION ]]
  printf '#!/bin/sh\necho "podman version 5.4.2"; exit 1\n' >"$PATHS_PREFIX/current/bin/podman"
  podman_engine_version "$PATHS_PREFIX/current/bin/podman"
  [[ -z $PODMAN_ENGINE_VERSION ]]
}
