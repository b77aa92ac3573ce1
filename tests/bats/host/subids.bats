#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet host/subids
  export CALLS=$BATS_TEST_TMPDIR/calls ETC=$PODSAND_ROOT/etc
  stub sudo <<'STUB'
[[ $1 != -[nv] ]] || exit 0
while [[ $1 != -- ]]; do shift; done
shift
exec "$@"
STUB
  # Does to the fake root's files what usermod does to /etc.
  stub usermod <<'STUB'
printf '%s\n' "usermod $*" >>"$CALLS"
user=${!#}
while (($# > 1)); do
  file=$ETC/sub${1#--add-sub} first=${2%-*} last=${2#*-}
  printf '%s:%s:%s\n' "$user" "$first" "$((last - first + 1))" >>"${file%s}"
  shift 2
done
STUB
}

step='STEPS_PHASE=root; steps_state host/subids; steps_apply host/subids'

subuid() { printf '%s\n' "$@" >"$ETC/subuid"; }
subgid() { printf '%s\n' "$@" >"$ETC/subgid"; }

@test "a range in both files is enough" {
  subuid "$PATHS_USER:100000:65536"
  subgid other:100000:65536 "$PATHS_USER:165536:65536"
  host_subids_check
}

@test "no file at all: both are asked for" {
  not host_subids_check
  [[ $STEPS_WHY == "$PATHS_USER has no range of 65536 ids in /etc/subuid" ]]
  host_subids_arguments
  [[ ${HOST_SUBIDS_ARGUMENTS[*]} == '--add-subuids 100000-165535 --add-subgids 100000-165535' ]]
}

@test "only one of the files lacks a range: only that one is asked for" {
  subuid "$PATHS_USER:100000:65536"
  not host_subids_check
  [[ $STEPS_WHY == *'no range of 65536 ids in /etc/subgid' ]]
  host_subids_arguments
  [[ ${HOST_SUBIDS_ARGUMENTS[*]} == '--add-subgids 165536-231071' ]]

  rm "$ETC/subuid"
  subgid "$PATHS_USER:100000:65536"
  not host_subids_check
  host_subids_arguments
  [[ ${HOST_SUBIDS_ARGUMENTS[*]} == '--add-subuids 165536-231071' ]]
}

@test "a line by numeric id does not count: the static podman looks only for the name" {
  subuid "$UID:100000:65536"
  subgid "$UID:100000:65536"
  not host_subids_check
  subuid "$PATHS_USER:100000:65536"
  subgid "$PATHS_USER:100000:65536"
  host_subids_check
}

@test "the name must match whole: neither a longer nor a shorter one, nor a pattern" {
  PATHS_USER=anna
  subuid annabel:100000:65536 ann:165536:65536 'a*:231072:65536' ' anna:300000:65536'
  subgid anna:100000:65536
  not host_subids_has subuid
  PATHS_USER='a*'
  host_subids_has subuid
  subuid anna:100000:65536
  not host_subids_has subuid
  PATHS_USER=anna
  host_subids_has subuid
}

@test "65535 ids are too few, 65536 are enough, on whichever line" {
  subgid "$PATHS_USER:100000:65536"
  subuid "$PATHS_USER:100000:65535"
  not host_subids_check
  subuid "$PATHS_USER:100000:1000" "$PATHS_USER:200000:65536"
  host_subids_check
}

@test "malformed lines are neither a range nor an error" {
  local line
  for line in '' '#' "$PATHS_USER" "$PATHS_USER:" "$PATHS_USER::" "$PATHS_USER:100000" "$PATHS_USER:100000:" "$PATHS_USER::65536" \
    "$PATHS_USER:100000:many" "$PATHS_USER:-5:65536" "$PATHS_USER:100000:65536:x" "$PATHS_USER:1e5:65536" "$PATHS_USER:x[\$(touch $ETC/executed)]:65536"; do
    subuid "$line"
    run -1 host_subids_has subuid
    [[ -z $output ]]
    run -0 host_subids_free
    [[ -z $output ]]
  done
  [[ ! -e $ETC/executed ]]
  subuid '#' "$PATHS_USER:x:y" "$PATHS_USER:100000:65536"
  host_subids_has subuid
}

@test "numbers are decimal, with leading zeros too" {
  subuid "$PATHS_USER:0100000:0065536"
  run -0 host_subids_has subuid
  [[ -z $output ]]
  subuid "$PATHS_USER:100000:0099"
  run -1 host_subids_has subuid
  [[ -z $output ]]
  subuid other:0100000:0065536
  host_subids_free
  ((HOST_SUBIDS_FREE == 165536))
}

@test "the last line counts without a newline at its end" {
  printf '%s' "$PATHS_USER:100000:65536" >"$ETC/subuid"
  host_subids_has subuid
  printf '%s' other:300000:65536 >"$ETC/subuid"
  host_subids_free
  ((HOST_SUBIDS_FREE == 365536))
}

@test "the free range is above every range of both files, whoever has it, and never below 100000" {
  subuid other:1000:500
  host_subids_free
  ((HOST_SUBIDS_FREE == 100000))
  subuid other:100000:65536 1001:400000:10 third:165536:65536
  subgid other:500000:65536 third:100000:65536
  host_subids_free
  ((HOST_SUBIDS_FREE == 565536))
}

@test "apply gives both ranges by one usermod, the check then says done, and a second run has nothing to do" {
  subuid other:100000:65536
  subgid other:100000:65536
  production "$step"
  [[ $(<"$CALLS") == "usermod --add-subuids 165536-231071 --add-subgids 165536-231071 $PATHS_USER" ]]
  host_subids_check
  [[ $(<"$ETC/subuid") == "other:100000:65536"$'\n'"$PATHS_USER:165536:65536" ]]
}

@test "what is shown before root is asked for is what runs" {
  subuid "$PATHS_USER:100000:65536"
  run -0 host_subids_commands
  [[ $output == "usermod --add-subgids 165536-231071 $PATHS_USER" ]]
  production "$step"
  [[ $(<"$CALLS") == "$output" ]]
}

@test "usermod fails: the step fails" {
  stub usermod <<<'exit 1'
  run -1 production "$step"
  [[ $output == *'step host/subids failed'* ]]
}

@test "uninstall keeps the ranges, and takes back exactly those with --purge" {
  production "$step"
  mapfile -t entries <"$PATHS_JOURNAL"
  [[ ${entries[0]} == $'host/subids\thost_subids_line\t/etc/subuid\t'"$PATHS_USER:100000:65536" ]]
  [[ ${entries[1]} == $'host/subids\thost_subids_line\t/etc/subgid\t'"$PATHS_USER:100000:65536" ]]
  printf '%s\n' other:1:65536 "$PATHS_USER:100000:65536" "x$PATHS_USER:100000:65536" "$PATHS_USER:165536:65536" >"$ETC/subuid"
  cp "$ETC/subuid" "$ETC/before"
  run -3 production "UNINSTALL_PURGE=false; host_subids_line_undo '$ETC/subuid' '$PATHS_USER:100000:65536'"
  cmp "$ETC/before" "$ETC/subuid"
  run -0 production "UNINSTALL_PURGE=true; host_subids_line_undo '$ETC/subuid' '$PATHS_USER:100000:65536'"
  [[ $(<"$ETC/subuid") == "other:1:65536
x$PATHS_USER:100000:65536
$PATHS_USER:165536:65536" ]]
}
