#!/usr/bin/env bats
load ../../support/bats/helper

setup() {
  load_snippet sandbox/policy sandbox/extra-mounts sandbox/home-tmpfs sandbox/home-volume sandbox/user-agent sandbox/user-root podman/release
  unset ANTHROPIC_API_KEY CLAUDE_CODE_OAUTH_TOKEN
  CFG_SANDBOX_ENV=(TERM LANG ANTHROPIC_API_KEY ANTHROPIC_BASE_URL)
  SANDBOX_WORKSPACE=$BATS_TEST_TMPDIR/project
  mkdir "$SANDBOX_WORKSPACE"
  podman_engine_setup
}

# The flags without --mount and its values, apart by blanks.
flags() {
  local index plain=''
  for ((index = 0; index < ${#SANDBOX_FLAGS[@]}; index++)); do
    if [[ ${SANDBOX_FLAGS[index]} == --mount ]]; then
      index=$((index + 1))
    else
      plain+=" ${SANDBOX_FLAGS[index]}"
    fi
  done
  printf '%s \n' "$plain"
}

@test "the sandbox of the default profile, flag by flag" {
  unset TERM LANG
  sandbox_policy
  [[ $(flags) == " --rm --init --interactive --pull=never --log-driver=none --hostname=podsand --http-proxy=false\
 --userns=keep-id:uid=1000,gid=1000 --user=1000:1000 --cap-drop=all\
 --security-opt=no-new-privileges --security-opt=seccomp=$PATHS_CONF/seccomp.json\
 --pids-limit=4096 --ulimit=core=0:0 --memory=8g --memory-swap=8g --network=pasta:--map-guest-addr,none\
 --tmpfs=/tmp:rw,nosuid,nodev,mode=1777,size=2g --tmpfs=/var/tmp:rw,nosuid,nodev,mode=1777,size=2g\
 --tmpfs=/run:rw,nosuid,nodev,noexec,mode=0755,size=64m --read-only --workdir=$SANDBOX_WORKSPACE " ]]
}

@test "its mounts: a home in memory, the volume with the agent's login, and the workspace at its own path; no more" {
  sandbox_policy
  [[ $(mounts) == "type=tmpfs|dst=/home/agent|tmpfs-size=4g|tmpfs-mode=0700|chown=true
type=volume|src=podsand-claude-code|dst=/home/agent/.config/claude
type=bind|src=$SANDBOX_WORKSPACE|dst=$SANDBOX_WORKSPACE" ]]
}

@test "nothing of the host is handed over that would be a way out" {
  CFG_SANDBOX_USER=root CFG_SANDBOX_HOME=volume
  sandbox_policy 2>/dev/null
  local all word
  all="$(flags) $(mounts)"
  for word in docker.sock podman.sock run/user --privileged --pid= --ipc= --uts= --device --volume --env-host --env-file unconfined label=disable "src=$HOME" --network=host; do
    [[ $all != *"$word"* ]]
  done
  [[ $all == *no-new-privileges* && $all == *--read-only* && $all == *seccomp=/* ]]
}

@test "limits are the profile's; an empty one is none, but pids are always limited" {
  CFG_SANDBOX_MEMORY=512m CFG_SANDBOX_CPUS=1.5 CFG_SANDBOX_PIDS=99 CFG_SANDBOX_TMP_SIZE=10m CFG_SANDBOX_HOME_SIZE=20m
  sandbox_policy
  [[ $(flags) == *' --pids-limit=99 '*' --memory=512m --memory-swap=512m --cpus=1.5 '* ]]
  [[ $(flags) == *' --tmpfs=/tmp:rw,nosuid,nodev,mode=1777,size=10m --tmpfs=/var/tmp:rw,nosuid,nodev,mode=1777,size=10m '* ]]
  [[ $(mounts) == *'tmpfs-size=20m'* ]]
  CFG_SANDBOX_MEMORY='' CFG_SANDBOX_CPUS=''
  sandbox_policy
  [[ $(flags) != *--memory* && $(flags) != *--cpus* && $(flags) == *' --pids-limit=99 '* ]]
}

@test "network none is none; pasta gives no address that stands for the host" {
  CFG_SANDBOX_NETWORK=none
  sandbox_policy
  [[ $(flags) == *' --network=none '* && $(flags) != *pasta* ]]
  CFG_SANDBOX_NETWORK=pasta
  sandbox_policy
  [[ $(flags) == *' --network=pasta:--map-guest-addr,none '* && $(flags) != *--network=none* ]]
}

@test "a home that is a volume is the volume of that name, and not in memory" {
  CFG_SANDBOX_HOME=volume
  sandbox_policy
  [[ $(mounts) == "type=volume|src=podsand-home|dst=/home/agent"$'\n'* && $(mounts) != *tmpfs* ]]
}

@test "root's sandbox has root's home, its few capabilities, and everything else as the agent's" {
  sandbox_policy
  local agent
  agent=$(flags)
  CFG_SANDBOX_USER=root
  sandbox_policy 2>/dev/null
  [[ $(flags) == *' --cap-drop=all --cap-add=CHOWN '* && $(flags) != *--userns* && $(flags) != *--user=* ]]
  [[ $(mounts) == *dst=/root\|* && $(mounts) == *dst=/root/.config/claude* ]]
  [[ $(flags | sed 's/ --cap-add=[A-Z_]*//g') == "${agent/ --userns=keep-id:uid=1000,gid=1000 --user=1000:1000/}" ]]
}

@test "variables pass by name, and only those that the profile names and that hold something" {
  export ANTHROPIC_API_KEY=s3cr3t ANTHROPIC_BASE_URL='' OTHER=leak TERM=xterm
  unset LANG
  sandbox_policy
  [[ $(flags) == *' --env=TERM --env=ANTHROPIC_API_KEY '* && $(flags) != *ANTHROPIC_BASE_URL* && $(flags) != *OTHER* && $(flags) != *LANG* ]]
  CFG_SANDBOX_ENV=()
  sandbox_policy
  [[ $(flags) != *--env* ]]
}

@test "no value of a variable stands in the flags, whatever is in it; podman has it in its environment" {
  export ANTHROPIC_API_KEY=$'s3cr3t "x" $(y)\nline two'
  sandbox_policy
  [[ "${SANDBOX_FLAGS[*]}" != *s3cr3t* && "${SANDBOX_FLAGS[*]}" == *--env=ANTHROPIC_API_KEY* ]]
  [[ $(printf '%s\0' "${PODMAN_ENGINE[@]}" | tr '\0\n' '\n;') == *$'\nANTHROPIC_API_KEY=s3cr3t "x" $(y);line two'* ]]
}

@test "the values arrive at podman, in no command line of the machine" {
  mkdir -p "$PATHS_PREFIX/current/bin"
  printf '%s\n' '#!/bin/sh' "tr '\\0' '\\n' <\"/proc/\$\$/environ\" >'$BATS_TEST_TMPDIR/environment'" \
    "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n' >'$BATS_TEST_TMPDIR/commands'" >"$PATHS_PREFIX/current/bin/podman"
  chmod 0755 "$PATHS_PREFIX/current/bin/podman"
  export ANTHROPIC_API_KEY=s3cr3t-key OTHER=leak
  cd "$SANDBOX_WORKSPACE" || return
  production 'podman_engine_setup; sandbox_workspace; sandbox_policy; podman_engine_exec run "${SANDBOX_FLAGS[@]}" image'
  grep -qx ANTHROPIC_API_KEY=s3cr3t-key "$BATS_TEST_TMPDIR/environment"
  run -1 grep leak "$BATS_TEST_TMPDIR/environment"
  grep -qx -- --env=ANTHROPIC_API_KEY "$BATS_TEST_TMPDIR/commands"
  run -1 grep s3cr3t "$BATS_TEST_TMPDIR/commands"
}

@test "LANG in the sandbox is the caller's, not the one that podman itself runs with" {
  export LANG=de_DE.UTF-8
  sandbox_policy
  local entry found=''
  for entry in "${PODMAN_ENGINE[@]}"; do
    [[ $entry != LANG=* ]] || found=$entry
  done
  [[ $found == LANG=de_DE.UTF-8 ]]
}

@test "the proxy's credentials do not pass, unless the profile names the variable" {
  export http_proxy=http://user:s3cr3t@proxy:3128
  sandbox_policy
  [[ $(flags) == *' --http-proxy=false '* && "${SANDBOX_FLAGS[*]} ${PODMAN_ENGINE[*]}" != *proxy:3128* ]]
  CFG_SANDBOX_ENV=(http_proxy)
  sandbox_policy
  [[ $(flags) == *' --env=http_proxy '* && "${SANDBOX_FLAGS[*]}" != *s3cr3t* ]]
}

@test "the profile's mounts come after the workspace, and its repository is protected" {
  git init -q "$SANDBOX_WORKSPACE"
  CFG_SANDBOX_MOUNTS_SOURCE=('~/') CFG_SANDBOX_MOUNTS_TARGET=(/reference) CFG_SANDBOX_MOUNTS_WRITABLE=(false)
  sandbox_policy
  [[ $(mounts) == *"dst=$SANDBOX_WORKSPACE"$'\n'"type=bind|src=$SANDBOX_WORKSPACE/.git|"*"type=bind|src=$HOME/|dst=/reference|ro=true" ]]
}

@test "nothing inside the workspace changes the policy" {
  sandbox_policy
  local before="${SANDBOX_FLAGS[*]}"
  mkdir -p "$SANDBOX_WORKSPACE"/{.claude,.devcontainer,.config/containers}
  printf 'sandbox = false\n' | tee "$SANDBOX_WORKSPACE"/{.env,.envrc,podsand.toml,containers.conf,.claude/settings.json,.config/containers/containers.conf} >/dev/null
  cd "$SANDBOX_WORKSPACE" || return
  sandbox_policy
  [[ ${SANDBOX_FLAGS[*]} == "$before" ]]
}

@test "a workspace with commas, quotes and blanks is mounted and entered as it is" {
  SANDBOX_WORKSPACE="$BATS_TEST_TMPDIR/a, \"b\" \$(x)"
  mkdir "$SANDBOX_WORKSPACE"
  sandbox_policy
  [[ $(mounts) == *"type=bind|src=$SANDBOX_WORKSPACE|dst=$SANDBOX_WORKSPACE" ]]
  [[ $(flags) == *" --workdir=$SANDBOX_WORKSPACE "* ]]
}
