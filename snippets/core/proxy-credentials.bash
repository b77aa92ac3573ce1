# shellcheck shell=bash
# /// snippet
# name = "core/proxy-credentials"
# summary = "The proxy's user and password, from a variable or a file of whoever runs the script."
# requires = ["core/die", "core/paths"]
# params = ["CFG_PROXY_CREDENTIALS_ENV", "CFG_PROXY_CREDENTIALS_FILE"]
# ///

proxy_credentials() { # sets PROXY_CREDENTIALS, percent-encoded
  local file mode pair=''
  if [[ -n $CFG_PROXY_CREDENTIALS_ENV ]]; then
    pair=${!CFG_PROXY_CREDENTIALS_ENV:-}
    [[ $pair == *:* ]] || die 1 "the variable $CFG_PROXY_CREDENTIALS_ENV does not hold USER:PASSWORD" \
      "export $CFG_PROXY_CREDENTIALS_ENV='user:password' before you run this"
  else
    paths_expand file "$CFG_PROXY_CREDENTIALS_FILE"
    [[ -f $file && -r $file ]] || die 1 "the proxy's credentials are not there: $file" "write USER:PASSWORD into it, mode 0600"
    mode=$(stat -L -c %a -- "$file")
    [[ $mode == ?00 ]] || die 1 "others can read $file" "chmod 600 $file"
    IFS= read -r pair <"$file" || true
    [[ $pair == *:* ]] || die 1 "$file does not hold USER:PASSWORD" "write USER:PASSWORD into it, mode 0600"
  fi
  local user password
  proxy_credentials_encode user "${pair%%:*}"
  proxy_credentials_encode password "${pair#*:}"
  PROXY_CREDENTIALS=$user:$password
}

proxy_credentials_encode() { # <variable> <text>   percent-encoded byte by byte (RFC 3986); LC_ALL=C makes a character a byte
  local proxy_text=$2 proxy_credentials_encoded='' proxy_character proxy_index
  for ((proxy_index = 0; proxy_index < ${#proxy_text}; proxy_index++)); do
    proxy_character=${proxy_text:proxy_index:1}
    if [[ $proxy_character != [a-zA-Z0-9._~-] ]]; then
      printf -v proxy_character '%%%02X' "'$proxy_character"
      # A byte above 127 is printed as a negative number, sixteen digits long.
      proxy_character=%${proxy_character: -2}
    fi
    proxy_credentials_encoded+=$proxy_character
  done
  printf -v "$1" '%s' "$proxy_credentials_encoded"
}
