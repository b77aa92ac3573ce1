# shellcheck shell=bash
# /// snippet
# name = "sandbox/mount"
# summary = "Mounts, as podman's --mount reads them."
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
