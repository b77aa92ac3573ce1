# shellcheck shell=bash
# /// snippet
# name = "sandbox/mount"
# summary = "Mounts, as podman's --mount reads them."
# requires = ["core/die", "core/paths"]
# params = ["CFG_SANDBOX_MOUNTS_SOURCE", "CFG_SANDBOX_MOUNTS_TARGET", "CFG_SANDBOX_MOUNTS_WRITABLE"]
# ///

# The value is one line of CSV (RFC 4180): a field with a comma or a quote is quoted, and its quotes are doubled.
sandbox_mount() { # <field>…   appends --mount to SANDBOX_FLAGS
  local field value=''
  for field in "$@"; do
    if [[ $field == *[,\"]* ]]; then
      field=\"${field//\"/\"\"}\"
    fi
    value+=${value:+,}$field
  done
  SANDBOX_FLAGS+=(--mount "$value")
}

sandbox_mount_extra() { # the mounts of the profile
  local index source
  for ((index = 0; index < ${#CFG_SANDBOX_MOUNTS_SOURCE[@]}; index++)); do
    paths_expand source "${CFG_SANDBOX_MOUNTS_SOURCE[index]}"
    [[ -e $source ]] || die 69 "the profile mounts $source, which is not there" "make it, or take it out of sandbox.mounts"
    [[ ! -S $source ]] || die 69 "the profile mounts $source, which is a socket: a way out of the sandbox" 'take it out of sandbox.mounts'
    if [[ ${CFG_SANDBOX_MOUNTS_WRITABLE[index]} == true ]]; then
      sandbox_mount type=bind "src=$source" "dst=${CFG_SANDBOX_MOUNTS_TARGET[index]}"
    else
      sandbox_mount type=bind "src=$source" "dst=${CFG_SANDBOX_MOUNTS_TARGET[index]}" ro=true
    fi
  done
}
