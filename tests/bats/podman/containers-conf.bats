#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet podman/containers-conf podman/release podman/system
  FILE=$BATS_TEST_TMPDIR/containers.conf
}

rendered() { # <python expression about d>…
  podman_containers_conf_render >"$FILE"
  toml_get "$FILE" "$@"
}

step='STEPS_PHASE=user; steps_state podman/containers-conf; steps_apply podman/containers-conf'

@test "trap 3: conmon_path is absolute, because podman does not expand it; a list, and right in a home of any name" {
  local home
  for home in plain hostile; do
    [[ $home == plain ]] || hostile_home
    [[ $(rendered 'd["engine"]["conmon_path"][0]' 'len(d["engine"]["conmon_path"])') == "$HOME/.local/share/podsand/engine/current/lib/podman/conmon"$'\n1' ]]
  done
}

@test "trap 3: the other paths that podman does not expand are absolute too" {
  hostile_home
  local data=$HOME/.local/share/podsand
  mapfile -t found < <(rendered 'd["containers"]["seccomp_profile"]' 'd["containers"]["init_path"]' 'd["engine"]["tmp_dir"]' \
    'd["engine"]["helper_binaries_dir"][0]' 'd["engine"]["helper_binaries_dir"][1]' 'len(d["engine"]["helper_binaries_dir"])')
  [[ ${found[0]} == "$data/home/.config/containers/seccomp.json" ]]
  [[ ${found[1]} == "$data/engine/current/lib/podman/catatonit" ]]
  [[ ${found[2]} == "$PATHS_RUNTIME/libpod" && $PATHS_RUNTIME == /* ]]
  [[ ${found[3]} == "$data/engine/current/bin" ]]
  [[ ${found[4]} == "$data/engine/current/lib/podman" && ${found[5]} == 2 ]]
}

@test "trap 3: no value holds a variable or a tilde for podman to expand" {
  podman_containers_conf_render >"$FILE"
  run -1 grep -n -e '\$' -e '~' "$FILE"
  [[ $(<"$FILE") == *conmon_path* ]]
}

@test "trap 4: both runtimes are named, each by the absolute path of the bundle's own program" {
  hostile_home
  mapfile -t found < <(rendered 'sorted(d["engine"]["runtimes"])' 'd["engine"]["runtimes"]["crun"][0]' 'd["engine"]["runtimes"]["runc"][0]' \
    'len(d["engine"]["runtimes"]["crun"]), len(d["engine"]["runtimes"]["runc"])' 'd["engine"]["runtime"]')
  [[ ${found[0]} == "['crun', 'runc']" ]]
  [[ ${found[1]} == "$HOME/.local/share/podsand/engine/current/bin/crun" ]]
  [[ ${found[2]} == "$HOME/.local/share/podsand/engine/current/bin/runc" ]]
  [[ ${found[3]} == '(1, 1)' ]]
  [[ ${found[4]} == crun || ${found[4]} == runc ]]
}

@test "trap 5: seccomp_profile names our file, because podman looks for none beside its conf" {
  local scope
  for scope in private user; do
    CFG_CONF_SCOPE=$scope
    hostile_home
    [[ $(rendered 'd["containers"]["seccomp_profile"]') == "$PATHS_CONF/seccomp.json" ]]
  done
  [[ $PATHS_CONF == "$HOME/.config/containers" ]]
}

@test "trap 6: cgroupfs with podman-static, whose crun is built without systemd, session or no session" {
  [[ $(rendered 'd["engine"]["cgroup_manager"]') == cgroupfs ]]
  mkdir -p "$PODSAND_ROOT/run/user/$UID"
  socket "$PODSAND_ROOT/run/user/$UID/bus"
  paths_setup
  [[ $(rendered 'd["engine"]["cgroup_manager"]') == cgroupfs ]]
}

@test "trap 6: systemd only with the machine's own podman, and only in a session that has a bus" {
  CFG_PODMAN_SOURCE=system
  [[ $(rendered 'd["engine"]["cgroup_manager"]') == cgroupfs ]]
  mkdir -p "$PODSAND_ROOT/run/user/$UID"
  : >"$PODSAND_ROOT/run/user/$UID/bus"
  [[ $(rendered 'd["engine"]["cgroup_manager"]') == cgroupfs ]]
  rm "$PODSAND_ROOT/run/user/$UID/bus"
  socket "$PODSAND_ROOT/run/user/$UID/bus"
  [[ $(rendered 'd["engine"]["cgroup_manager"]') == systemd ]]
}

socket() { # <path>   makes one; bind wants a short path
  helper_python
  (cd "${1%/*}" && "$HELPER_PYTHON" -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "${1##*/}")
}

@test "the machine's own podman finds its helpers and runtimes itself" {
  CFG_PODMAN_SOURCE=system
  [[ $(rendered '[key in d["engine"] for key in ("conmon_path", "helper_binaries_dir", "runtimes", "runtime")]') == '[False, False, False, False]' ]]
  [[ $(rendered '"init_path" in d["containers"]') == False ]]
}

@test "what every container would get unasked is off: proxy variables, the keyring, detach keys" {
  mapfile -t found < <(rendered 'd["containers"]["http_proxy"]' 'd["containers"]["keyring"]' 'repr(d["engine"]["detach_keys"])' \
    'd["engine"]["events_logger"]' 'd["engine"]["image_copy_tmp_dir"]' 'd["engine"]["lock_type"]')
  [[ ${found[*]} == "False False '' file storage file" ]]
}

@test "applied, the file holds what is rendered, mode 0644; the second time nothing changes" {
  hostile_home
  not podman_containers_conf_check
  [[ $STEPS_WHY == "$PATHS_CONF/containers.conf is not there" ]]
  production "$step"
  podman_containers_conf_check
  [[ $(<"$PATHS_CONF/containers.conf") == "$(podman_containers_conf_render)" ]]
  [[ $(stat -c %a "$PATHS_CONF/containers.conf") == 644 ]]
  [[ -z $(find "$BATS_TEST_TMPDIR" -name executed) ]]
  cp "$PATHS_JOURNAL" "$BATS_TEST_TMPDIR/journal"
  before=$(stat -c '%i %y' "$PATHS_CONF/containers.conf")
  production 'STEPS_PHASE=user STEPS_CURRENT=podman/containers-conf; podman_containers_conf_apply'
  [[ $(stat -c '%i %y' "$PATHS_CONF/containers.conf") == "$before" ]]
  cmp "$PATHS_JOURNAL" "$BATS_TEST_TMPDIR/journal"
}

@test "an edited file is noticed, kept aside, and written anew" {
  production "$step"
  printf 'edited\n' >>"$PATHS_CONF/containers.conf"
  not podman_containers_conf_check
  [[ $STEPS_WHY == "$PATHS_CONF/containers.conf says something else" ]]
  production "$step"
  podman_containers_conf_check
  [[ $(cat "$PATHS_CONF"/containers.conf.edited-*) == *edited ]]
}

@test "scope user: a containers.conf that is somebody else's is refused, and stays as it is" {
  CFG_CONF_SCOPE=user
  paths_setup
  mkdir -p "$HOME/.config/containers"
  printf 'mine\n' >"$HOME/.config/containers/containers.conf"
  run -1 production "$step"
  [[ $output == *"$HOME/.config/containers/containers.conf is there already, and podsand did not write it"*--adopt* ]]
  [[ $(<"$HOME/.config/containers/containers.conf") == mine ]]
}

@test "the first runtime directory is kept, because podman keeps it in its database for ever" {
  production "$step"
  [[ $(rendered 'd["engine"]["tmp_dir"]') == "$PODSAND_ROOT/tmp/podsand-$UID/libpod" ]]
  # A session appears, as after a login that is not by su.
  mkdir -p "$PODSAND_ROOT/run/user/$UID"
  paths_setup
  [[ $(rendered 'd["engine"]["tmp_dir"]') == "$PODSAND_ROOT/tmp/podsand-$UID/libpod" ]]
  podman_containers_conf_check
  rm "$PATHS_DECISIONS"
  paths_setup
  [[ $(rendered 'd["engine"]["tmp_dir"]') == "$PODSAND_ROOT/run/user/$UID/podsand/libpod" ]]
}
