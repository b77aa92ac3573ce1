#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/mirrors
  FILE=$BATS_TEST_TMPDIR/registries.conf
}

rendered() { # <python expression about d>…
  podman_mirrors >"$FILE"
  toml_get "$FILE" "$@"
}

@test "each mirror belongs to its own registry, and is insecure only where the profile says so" {
  CFG_CONF_MIRRORS_PREFIX=(docker.io quay.io/project)
  CFG_CONF_MIRRORS_LOCATION=(127.0.0.1:5000 mirror.example.org/quay)
  CFG_CONF_MIRRORS_INSECURE=(true false)
  mapfile -t found < <(rendered 'len(d["registry"])' '[(r["prefix"], r["location"], r["mirror"]) for r in d["registry"]][0]' \
    '[(r["prefix"], r["location"], r["mirror"]) for r in d["registry"]][1]')
  [[ ${found[0]} == 2 ]]
  [[ ${found[1]} == "('docker.io', 'docker.io', [{'location': '127.0.0.1:5000', 'insecure': True}])" ]]
  [[ ${found[2]} == "('quay.io/project', 'quay.io/project', [{'location': 'mirror.example.org/quay', 'insecure': False}])" ]]
}

@test "those without TLS are named once more, by host and port, as items of a list in JSON" {
  CFG_CONF_MIRRORS_PREFIX=(docker.io quay.io docker.io) CFG_CONF_MIRRORS_LOCATION=(a:5000/hub b c:5000)
  CFG_CONF_MIRRORS_INSECURE=(true false true)
  [[ $(podman_mirrors_insecure) == '"a:5000", "c:5000"' ]]
}
