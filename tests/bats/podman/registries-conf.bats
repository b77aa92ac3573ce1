#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/registries-conf podman/mirrors
  FILE=$BATS_TEST_TMPDIR/registries.conf
}

rendered() { # <python expression about d>…
  podman_registries_conf_render >"$FILE"
  toml_get "$FILE" "$@"
}

step='STEPS_PHASE=user; steps_state podman/registries-conf; steps_apply podman/registries-conf'

@test "trap 13: the file is of version 2, with nothing of version 1, which podman 6 rejects" {
  [[ $(rendered 'sorted(d)' 'd["unqualified-search-registries"]') == "['short-name-mode', 'unqualified-search-registries']"$'\n'"['docker.io']" ]]
  CFG_CONF_MIRRORS_PREFIX=(docker.io) CFG_CONF_MIRRORS_LOCATION=(127.0.0.1:5000) CFG_CONF_MIRRORS_INSECURE=(true)
  # Version 1 has a table named registries, and its lists below it.
  [[ $(rendered 'sorted(d)' '"registries" in d') == "['registry', 'short-name-mode', 'unqualified-search-registries']"$'\nFalse' ]]
}

@test "registries are searched in the profile's order, and nobody is asked which" {
  CFG_CONF_REGISTRIES=(quay.io docker.io registry.example.org:5000)
  [[ $(rendered 'd["unqualified-search-registries"]') == "['quay.io', 'docker.io', 'registry.example.org:5000']" ]]
  [[ $(rendered 'd["short-name-mode"]') == disabled ]]
}

@test "values with quotes and backslashes stay values" {
  CFG_CONF_REGISTRIES=('a"]
x = ["\n' "b'c")
  CFG_CONF_MIRRORS_PREFIX=('p"\n') CFG_CONF_MIRRORS_LOCATION=('l"\n') CFG_CONF_MIRRORS_INSECURE=(false)
  [[ $(rendered 'sorted(d)' 'd["unqualified-search-registries"][1]') == "['registry', 'short-name-mode', 'unqualified-search-registries']"$'\n'"b'c" ]]
  [[ $(rendered 'd["registry"][0]["prefix"]' 'd["registry"][0]["mirror"][0]["location"]') == 'p"\n'$'\n''l"\n' ]]
}

@test "applied, the file holds what is rendered; another profile is noticed" {
  not podman_registries_conf_check
  production "$step"
  podman_registries_conf_check
  [[ $(<"$PATHS_CONF/registries.conf") == "$(podman_registries_conf_render)" && $(stat -c %a "$PATHS_CONF/registries.conf") == 644 ]]
  CFG_CONF_REGISTRIES+=(quay.io)
  not podman_registries_conf_check
  production "$step"
  podman_registries_conf_check
}
