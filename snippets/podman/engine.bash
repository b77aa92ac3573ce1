# shellcheck shell=bash
# /// snippet
# name = "podman/engine"
# summary = "The one way to call podman: with its own configuration, and nothing of the caller's environment but what is named."
# requires = ["core/paths", "core/proxy"]
# params = ["CFG_CONF_SCOPE", "CFG_PODMAN_SOURCE"]
# ///

podman_engine_setup() { # sets PODMAN_BIN, and PODMAN_ENGINE with the whole environment of podman
  local bus=$PODSAND_ROOT/run/user/$UID/bus runtime=$PATHS_RUNTIME
  podman_engine_kind bin
  paths_runtime_ready
  PODMAN_ENGINE=(
    # The bundle's programs are on podman's PATH alone: its fusermount3 and runc would shadow the host's.
    "PATH=$PODMAN_PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
    "HOME=$PATHS_ENGINE_HOME" "USER=$PATHS_USER" "LOGNAME=$PATHS_USER" "TERM=${TERM:-dumb}" "LANG=C.UTF-8"
    "TMPDIR=${TMPDIR:-/tmp}" "PODMAN_IGNORE_CGROUPSV1_WARNING=1"
  )
  if [[ $CFG_CONF_SCOPE == private ]]; then
    # Named, so that files under /etc/containers cannot be merged in. storage.conf is found in the private home: up to
    # 5.5, podman ignores the graphroot of one that is named.
    PODMAN_ENGINE+=("CONTAINERS_CONF=$PATHS_CONF/containers.conf"
      "CONTAINERS_REGISTRIES_CONF=$PATHS_CONF/registries.conf" "CONTAINERS_POLICY_JSON=$PATHS_CONF/policy.json")
  elif [[ $runtime == */podsand ]]; then
    runtime=${runtime%/podsand}
  fi
  PODMAN_ENGINE+=("XDG_RUNTIME_DIR=$runtime")
  [[ ! -S $bus ]] || PODMAN_ENGINE+=("DBUS_SESSION_BUS_ADDRESS=unix:path=$bus")
  [[ -z $PATHS_CA ]] || PODMAN_ENGINE+=("SSL_CERT_FILE=$PATHS_CA")
}

podman_engine_kind() { # <bin|conf|init> [argument]…   what differs between podman-static and the machine's own podman
  local kind=static
  [[ $CFG_PODMAN_SOURCE != system ]] || kind=system
  "podman_${kind}_$1" "${@:2}"
}

podman_engine_ready() { # whether podman and its configuration are there; PODMAN_ENGINE is then set
  [[ -r $PATHS_CONF/containers.conf && -r $PATHS_CONF/storage.conf && -r $PATHS_CONF/seccomp.json ]] || return 1
  podman_engine_setup
  [[ -x $PODMAN_BIN ]]
}

podman_engine_installed() { # for commands that can do nothing without
  podman_engine_ready || die 69 'podsand is not installed for this user, or a part of it is gone' 'run: bash setup.sh'
}

# Even to say its version, podman makes directories in the home and the session that it is told of.
podman_engine_version() { # <program>   sets PODMAN_ENGINE_VERSION, or makes it empty
  local work said
  work=$(mktemp -d)
  # Not by env alone, which takes a path with = in it for a variable.
  said=$(env -i "HOME=$work" "XDG_RUNTIME_DIR=$work" timeout 30 "$1" --version) || said=''
  rm -rf -- "$work"
  PODMAN_ENGINE_VERSION=''
  [[ $said != 'podman version '* ]] || PODMAN_ENGINE_VERSION=${said#podman version }
}

podman_engine() { # <argument>…
  (podman_engine_exec "$@") 9>&-
}

# Pulling and building go through the company's proxy, running never does: what a container sees is chosen by name.
podman_engine_online() { # <argument>…
  local name code=0
  local -a offline=("${PODMAN_ENGINE[@]}")
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [[ -z ${!name:-} ]] || PODMAN_ENGINE+=("$name=${!name}")
  done
  podman_engine "$@" || code=$?
  PODMAN_ENGINE=("${offline[@]}")
  return "$code"
}

# An empty environment, then what is named. Not by env NAME=VALUE: values can be secrets, and everybody reads command
# lines. Not by unset: a shell passes on what it has no name for, and its functions.
podman_engine_exec() { # <argument>…
  trap - EXIT INT HUP TERM
  # shellcheck disable=SC2312
  exec 3< <(printf '%s\0' "${PODMAN_ENGINE[@]}")
  # shellcheck disable=SC2016
  exec -c "$BASH" -c 'unset -v PWD SHLVL; while IFS= read -r -d "" -u 3 one; do export "$one"; done; exec 3<&- "$@"' \
    podsand "$PODMAN_BIN" "$@"
}
