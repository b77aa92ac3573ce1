# shellcheck shell=bash
# /// snippet
# name = "sandbox/extra-mounts"
# summary = "The mounts that the profile adds."
# requires = ["core/die", "core/paths", "sandbox/mount"]
# params = ["CFG_SANDBOX_MOUNTS_SOURCE", "CFG_SANDBOX_MOUNTS_TARGET", "CFG_SANDBOX_MOUNTS_WRITABLE"]
# ///

sandbox_extra_mounts() {
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
