#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/proxy-profile core/proxy-credentials
  CFG_PROXY_URL=http://p:3128
}

shown() {
  production "proxy_setup; env | grep -i _proxy= | sort"
}

@test "the profile's proxy goes before the caller's" {
  CFG_PROXY_NO_PROXY=(localhost .example.com)
  local found
  found=$(http_proxy=http://other:1 shown)
  [[ $found == *'http_proxy=http://p:3128'* && $found == *'https_proxy=http://p:3128'* ]]
  [[ $found == *'no_proxy=localhost,.example.com'* && $found != *other* ]]
  CFG_PROXY_NO_PROXY=()
  found=$(HTTPS_PROXY=http://other:1 no_proxy=other NO_PROXY=other shown)
  [[ $found == *'HTTPS_PROXY=http://p:3128'* && $found != *other* ]]
}

@test "a login from outside the profile stands in the address, percent-encoded" {
  CFG_PROXY_CREDENTIALS_ENV=LOGIN
  local found
  found=$(LOGIN='me:p@ss word' shown)
  [[ $found == *'https_proxy=http://me:p%40ss%20word@p:3128'* ]]
  CFG_PROXY_CREDENTIALS_ENV=''
  found=$(LOGIN='me:p@ss word' shown)
  [[ $found == *'https_proxy=http://p:3128'* && $found != *me* ]]
}
