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

@test "where the spellings differ the lower case one counts, as for curl" {
  [[ $(http_proxy=http://lower:1 HTTP_PROXY=http://upper:1 shown) == $'HTTP_PROXY=http://lower:1\nhttp_proxy=http://lower:1' ]]
}
