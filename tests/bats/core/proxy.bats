#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet core/proxy
}

shown() {
  production "${1:-:}; proxy_setup; env | grep -i _proxy= | sort"
}

@test "both spellings are set from whichever is there" {
  [[ $(http_proxy=http://a:1 HTTPS_PROXY=http://b:2 shown) == $'HTTPS_PROXY=http://b:2\nHTTP_PROXY=http://a:1\nhttp_proxy=http://a:1\nhttps_proxy=http://b:2' ]]
}

@test "without a proxy nothing is set" {
  [[ -z $(shown || true) ]]
}

@test "the profile's proxy goes before the caller's" {
  CFG_PROXY_URL=http://p:3128 CFG_PROXY_NO_PROXY=(localhost .example.com)
  local found
  found=$(http_proxy=http://other:1 shown)
  [[ $found == *'http_proxy=http://p:3128'* && $found == *'https_proxy=http://p:3128'* ]]
  [[ $found == *'no_proxy=localhost,.example.com'* && $found != *other* ]]
  CFG_PROXY_NO_PROXY=()
  found=$(HTTPS_PROXY=http://other:1 no_proxy=other NO_PROXY=other shown)
  [[ $found == *'HTTPS_PROXY=http://p:3128'* && $found != *other* ]]
}

@test "where the spellings differ the lower case one counts, as for curl" {
  [[ $(http_proxy=http://lower:1 HTTP_PROXY=http://upper:1 shown) == $'HTTP_PROXY=http://lower:1\nhttp_proxy=http://lower:1' ]]
}
