#!/usr/bin/env bats
load ../../support/bats/helper
load ../../support/bats/source

setup_file() {
  source_repository
}

teardown_file() {
  source_end
}

setup() {
  load_snippet podman/source-patch
  root_stand_in
  CFG_PODMAN_REPOSITORY=$SOURCE_URL CFG_PODMAN_COMMIT=$SOURCE_COMMIT
  builder_stand_in "$BATS_TEST_TMPDIR/bin/docker"
}

build='STEPS_PHASE=user STEPS_CURRENT=podman/build; podman_source_apply docker "$PATHS_CACHE/podman-build"'

@test "the company's CA comes into each stage that begins with an image, and into no other" {
  local copies='COPY podsand-ca.pem /etc/ssl/certs/ca-certificates.crt
COPY podsand-ca.pem /usr/local/share/ca-certificates/podsand.crt'
  CFG_PROXY_CA_BUNDLE='~/ca.pem'
  paths_setup
  printf 'bundle\n' >"$PATHS_CA"
  production "$build"
  [[ $(grep -A 2 '^FROM .*:' "$WORLD/Dockerfile") == "FROM alpine:3.22 AS gpg
$copies
--
FROM golang:1.25-alpine3.22 AS base
$copies
--
FROM alpine:3.22 AS podmanbase
$copies" ]]
  [[ $(grep -c podsand-ca.pem "$WORLD/Dockerfile") == 6 && $(<"$WORLD/podsand-ca.pem") == bundle ]]
}

@test "in the root phase, where the bundle is not made yet, the system's own has the CA" {
  CFG_PROXY_CA_BUNDLE='~/ca.pem'
  paths_setup
  install -D -m 0644 /dev/stdin "$PODSAND_ROOT/etc/ssl/certs/ca-certificates.crt" <<<system
  production "$build"
  [[ $(<"$WORLD/podsand-ca.pem") == system ]]
}

@test "a mirror of docker.io, or of its base images, is what FROM names, once; another registry's is not" {
  local case
  while IFS='|' read -r prefixes locations from; do
    read -r -a CFG_CONF_MIRRORS_PREFIX <<<"$prefixes"
    read -r -a CFG_CONF_MIRRORS_LOCATION <<<"$locations"
    rm -rf "$PATHS_PREFIX"
    production "$build"
    [[ $(grep '^FROM' "$WORLD/Dockerfile") == "FROM ${from}alpine:3.22 AS gpg
FROM ${from}golang:1.25-alpine3.22 AS base
FROM base AS passt
FROM gpg AS crun
FROM ${from}alpine:3.22 AS podmanbase
FROM podmanbase AS tar-archive" ]]
  done <<'CASES'
docker.io|mirror.example:5000/hub|mirror.example:5000/hub/library/
docker.io/library|mirror.example/base|mirror.example/base/
docker.io docker.io|one.example:5000 two.example|one.example:5000/library/
quay.io docker.io/someone|mirror.example mirror.example|
CASES
}

@test "podman is told of mirrors by its registries.conf: FROM stays, and there is no builder to name" {
  CFG_CONF_MIRRORS_PREFIX=(docker.io) CFG_CONF_MIRRORS_LOCATION=(mirror.example)
  builder_stand_in "$BATS_TEST_TMPDIR/bin/podman"
  production 'podman_build_podman_home_undo() { :; }
STEPS_PHASE=user STEPS_CURRENT=podman/build; podman_source_apply podman "$PATHS_CACHE/podman-build" env --'
  [[ $(<"$WORLD/asked") == *'--output=type=local'* && $(<"$WORLD/asked") != *--builder* && $(<"$WORLD/Dockerfile") != *mirror.example* ]]
}
