# shellcheck shell=bash
# /// snippet
# name = "core/json"
# summary = "Strings as JSON and TOML spell them."
# ///

# The locals carry a prefix: one named as the caller's variable would take the result.

json_string() { # <variable> <text>   sets the variable to the quoted text, right for JSON and TOML; a control character becomes ?
  local json_text=${2//[[:cntrl:]]/?}
  json_text=${json_text//\\/\\\\}
  json_text=${json_text//\"/\\\"}
  printf -v "$1" '"%s"' "$json_text"
}

json_list() { # <variable> <text>…   sets the variable to a list of quoted texts
  local json_variable=$1 json_one json_item='' json_all=''
  shift
  for json_one in "$@"; do
    json_string json_item "$json_one"
    json_all+=${json_all:+, }$json_item
  done
  printf -v "$json_variable" '[%s]' "$json_all"
}
