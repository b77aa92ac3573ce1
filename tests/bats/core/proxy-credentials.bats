#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/proxy-profile core/proxy-credentials
  CFG_PROXY_URL=http://p:3128
}

found() {
  production 'proxy_setup; printf "%s\n" "$http_proxy"'
}

@test "a login is percent-encoded byte by byte" {
  CFG_PROXY_CREDENTIALS_ENV=LOGIN
  local url
  url=$(LOGIN='ü@x:p:/%? "' found)
  python3 - "$url" <<'PYTHON'
import sys, urllib.parse
parts = urllib.parse.urlsplit(sys.argv[1])
assert urllib.parse.unquote(parts.username) == "ü@x", parts
assert urllib.parse.unquote(parts.password) == 'p:/%? "', parts
assert (parts.hostname, parts.port) == ("p", 3128)
PYTHON
}

@test "a login that is missing is said by the variable's name" {
  CFG_PROXY_CREDENTIALS_ENV=LOGIN
  run found
  [[ $status == 1 && $output == *'LOGIN does not hold USER:PASSWORD'* ]]
}

@test "a file is read when nobody else can" {
  CFG_PROXY_CREDENTIALS_FILE='~/login'
  printf 'me:secret\n' >"$HOME/login"
  chmod 600 "$HOME/login"
  [[ $(found) == http://me:secret@p:3128 ]]
  chmod 640 "$HOME/login"
  run found
  [[ $status == 1 && $output == *'others can read'*'chmod 600'* && $output != *secret* ]]
  rm "$HOME/login"
  run found
  [[ $status == 1 && $output == *'are not there'* ]]
}

@test "the line in the file may lack its newline; a file without a colon, or with nothing, is refused without a word of it" {
  local text
  CFG_PROXY_CREDENTIALS_FILE='~/login'
  printf 'me:secret' >"$HOME/login"
  chmod 600 "$HOME/login"
  [[ $(found) == http://me:secret@p:3128 ]]
  for text in 'secret\n' '' '\nme:secret\n'; do
    printf '%b' "$text" >"$HOME/login"
    run found
    [[ $status == 1 && $output == *"$HOME/login does not hold USER:PASSWORD"* && $output != *secret* ]]
  done
}

@test "a variable without a colon is refused, and its value is not said" {
  CFG_PROXY_CREDENTIALS_ENV=LOGIN
  LOGIN=secret run found
  [[ $status == 1 && $output == *'LOGIN does not hold USER:PASSWORD'*"export LOGIN='user:password'"* && $output != *secret* ]]
  [[ $(LOGIN=:secret found) == http://:secret@p:3128 ]]
}
