# shellcheck shell=bash
# /// snippet
# name = "core/json"
# summary = "Strings as JSON and TOML spell them."
# ///

json_string() { # <variable> <text>   sets the variable to the quoted text; right for JSON and for a TOML basic string
  local text=$2 escaped='' character index
  text=${text//\\/\\\\}
  text=${text//\"/\\\"}
  if [[ $text =~ [[:cntrl:]] ]]; then
    for ((index = 0; index < ${#text}; index++)); do
      character=${text:index:1}
      if [[ $character =~ [[:cntrl:]] ]]; then
        printf -v character '\\u%04x' "'$character"
      fi
      escaped+=$character
    done
    text=$escaped
  fi
  printf -v "$1" '"%s"' "$text"
}

json_list() { # <variable> <text>…   sets the variable to a list of quoted texts
  local variable=$1 text item='' list=''
  shift
  for text in "$@"; do
    json_string item "$text"
    list+=${list:+, }$item
  done
  printf -v "$variable" '[%s]' "$list"
}
