# shellcheck shell=bash
# /// snippet
# name = "host/subids"
# summary = "Give the user a range of subordinate user and group ids."
# requires = ["core/steps", "host/packages"]
# step = "host_subids"
# root = true
# commands = ["usermod <--add-subuids RANGE --add-subgids RANGE> <the user>", "sed -i -e /^<USER:RANGE>$/d <file>"]
# writes = ["/etc/subuid", "/etc/subgid"]
# undo.host_subids_line = "with --purge the line of /etc/subuid or /etc/subgid is removed, as root; else it stays"
# tools = ["newuidmap", "usermod"]
# ///

# The static podman asks no name service: only lines of these files count, and only by the user's name.

host_subids_check() {
  local file
  STEPS_WHY="$PATHS_USER has a range in /etc/subuid and /etc/subgid"
  for file in subuid subgid; do
    if ! host_subids_has "$file"; then
      STEPS_WHY="$PATHS_USER has no range of 65536 ids in /etc/$file"
      return 1
    fi
  done
}

host_subids_has() { # <subuid|subgid>
  local name start count
  [[ -r $PODSAND_ROOT/etc/$1 ]] || return 1
  # A last line without its newline is a line, and numbers are decimal whatever they begin with.
  while IFS=: read -r name start count || [[ -n $name ]]; do
    [[ $name != "$PATHS_USER" || ! $start =~ ^[0-9]{1,10}$ || ! $count =~ ^[0-9]{1,10}$ ]] || ((10#$count < 65536)) || return 0
  done <"$PODSAND_ROOT/etc/$1"
  return 1
}

host_subids_free() { # sets HOST_SUBIDS_FREE to the first id above every range of both files
  local file start count
  HOST_SUBIDS_FREE=100000
  for file in "$PODSAND_ROOT/etc/subuid" "$PODSAND_ROOT/etc/subgid"; do
    [[ -r $file ]] || continue
    while IFS=: read -r _ start count || [[ -n $start ]]; do
      [[ $start =~ ^[0-9]{1,10}$ && $count =~ ^[0-9]{1,10}$ ]] || continue
      ((10#$start + 10#$count <= HOST_SUBIDS_FREE)) || HOST_SUBIDS_FREE=$((10#$start + 10#$count))
    done <"$file"
  done
}

host_subids_arguments() { # sets HOST_SUBIDS_ARGUMENTS for usermod
  host_subids_free
  local range=$HOST_SUBIDS_FREE-$((HOST_SUBIDS_FREE + 65535))
  HOST_SUBIDS_ARGUMENTS=()
  host_subids_has subuid || HOST_SUBIDS_ARGUMENTS+=(--add-subuids "$range")
  host_subids_has subgid || HOST_SUBIDS_ARGUMENTS+=(--add-subgids "$range")
}

host_subids_commands() {
  host_subids_arguments
  printf '%s\n' "usermod ${HOST_SUBIDS_ARGUMENTS[*]} $PATHS_USER"
}

host_subids_apply() {
  local index file
  host_subids_arguments
  for ((index = 0; index < ${#HOST_SUBIDS_ARGUMENTS[@]}; index += 2)); do
    file=${HOST_SUBIDS_ARGUMENTS[index]#--add-}
    journal_add host_subids_line "/etc/${file%s}" "$PATHS_USER:$HOST_SUBIDS_FREE:65536"
  done
  as_root usermod "${HOST_SUBIDS_ARGUMENTS[@]}" "$PATHS_USER"
}

# Not by usermod, which takes no range from a user who runs a program, this one for instance.
host_subids_line_undo() { # <file> <line>
  # Files in a store that stays belong to these ids.
  [[ ${UNINSTALL_PURGE:-false} == true ]] || return 3
  STEPS_PHASE=root
  as_root sed -i -e "/^${2//./\\.}\$/d" "$1"
}
