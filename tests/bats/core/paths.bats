#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/paths
}

@test "everything lies below the home directory, whatever is in its name" {
  hostile_home
  [[ $PATHS_SCRIPT == "$HOME/.local/share/podsand/setup.sh" ]]
  [[ $PATHS_PREFIX == "$HOME/.local/share/podsand/engine" && $PATHS_LAUNCHER == "$HOME/.local/bin/podsand" ]]
  [[ ! -e executed ]]
}

@test "a private engine has a home of its own, and one in user scope has the user's" {
  [[ $PATHS_CONF == "$HOME/.local/share/podsand/home/.config/containers" ]]
  CFG_CONF_SCOPE=user
  paths_setup
  [[ $PATHS_CONF == "$HOME/.config/containers" && $PATHS_STORAGE == "$HOME/.local/share/containers/graphroot" ]]
}

@test "only a leading tilde and slash is expanded" {
  local path
  paths_expand path '~/a b/$x'
  [[ $path == "$HOME/a b/\$x" ]]
  paths_expand path '/a/~/b'
  [[ $path == '/a/~/b' ]]
  paths_expand path '~other/b'
  [[ $path == '~other/b' ]]
}

@test "an unset home is looked up" {
  stub getent <<<"printf 'x:x:1:1::%s:/bin/sh\n' '$BATS_TEST_TMPDIR/home'"
  run production "printf '%s\n' \"\$PATHS_DATA\""
  local usual=$output
  run env -u HOME bash "$BATS_TEST_TMPDIR/production.bash"
  [[ $status == 0 && $output == "$usual" ]]
}

@test "a home that is nowhere to be found is said" {
  stub getent <<<'exit 2'
  production ':'
  run env -u HOME bash "$BATS_TEST_TMPDIR/production.bash"
  [[ $status == 69 && $output == *'set HOME to your home directory'* ]]
}

@test "a home that is not there or holds a control character is refused" {
  HOME=/nonexistent run production ':'
  [[ $status == 69 && $output == *'does not exist'* ]]
  mkdir "$BATS_TEST_TMPDIR"/$'new\nline'
  HOME=$BATS_TEST_TMPDIR/$'new\nline' run production ':'
  [[ $status == 69 && $output == *'control character'* ]]
}

@test "the runtime directory is the session's when it is ours, else a private one, and stays what it was first" {
  [[ $PATHS_RUNTIME == "$PODSAND_ROOT/tmp/podsand-$UID" ]]
  mkdir "$PODSAND_ROOT/run/user/$UID"
  paths_setup
  [[ $PATHS_RUNTIME == "$PODSAND_ROOT/run/user/$UID/podsand" ]]
  decision_set runtime_dir /elsewhere 'the first one seen'
  paths_setup
  [[ $PATHS_RUNTIME == /elsewhere ]]
}

@test "the runtime directory is made for its owner only, and somebody else's is refused" {
  paths_runtime_ready
  [[ $(stat -c %a "$PATHS_RUNTIME") == 700 ]]
  mv "$PATHS_RUNTIME" "$HOME/elsewhere"
  ln -s "$HOME/elsewhere" "$PATHS_RUNTIME"
  run production paths_runtime_ready
  [[ $status == 69 && $output == *'cannot be made'* ]]
  rm "$PATHS_RUNTIME"
  paths_runtime_ready
  ((EUID == 0)) || skip 'only root can give a directory away'
  chown 65534 "$PATHS_RUNTIME"
  run production paths_runtime_ready
  [[ $status == 69 && $output == *'enable-linger'* ]]
}

@test "both architectures have their OCI names, and another is refused" {
  local pair
  for pair in x86_64:amd64 aarch64:arm64; do
    stub uname <<<"printf '%s\n' '${pair%:*}'"
    paths_arch
    [[ $PATHS_ARCH == "${pair#*:}" ]]
  done
  stub uname <<<'printf "riscv64\n"'
  run production paths_arch
  [[ $status == 69 && $output == *riscv64* ]]
}

@test "a runtime directory of ours that is there is used, with what is in it" {
  paths_runtime_ready
  : >"$PATHS_RUNTIME/in use"
  production paths_runtime_ready
  [[ -e $PATHS_RUNTIME/'in use' ]]
}

@test "what podsand keeps has its place below its data directory, each its own" {
  local -a places=("$PATHS_JOURNAL" "$PATHS_DECISIONS" "$PATHS_LOG" "$PATHS_CACHE" "$PATHS_BACKUP" "$PATHS_CONTEXT" "$PATHS_STORAGE" "$PATHS_SCRIPT")
  [[ $(printf '%s\n' "${places[@]%/*}" | sort -u) == "$PATHS_DATA" ]]
  [[ $(printf '%s\n' "${places[@]}" | sort -u | wc -l) == 8 ]]
  [[ -z $PATHS_CA ]]
  CFG_PROXY_CA_BUNDLE='~/company.pem'
  paths_setup
  [[ $PATHS_CA == "$PATHS_DATA"/* ]]
}

@test "a home that was looked up is known to what the script starts" {
  stub getent <<<"printf 'x:x:1:1::%s:/bin/sh\n' '$BATS_TEST_TMPDIR/home'"
  production 'bash -c '\''printf "%s\n" "${HOME-unset}" >"$1"'\'' child '"'$BATS_TEST_TMPDIR/seen'"
  rm "$BATS_TEST_TMPDIR/seen"
  env -u HOME bash "$BATS_TEST_TMPDIR/production.bash"
  [[ $(<"$BATS_TEST_TMPDIR/seen") == "$BATS_TEST_TMPDIR/home" ]]
}
