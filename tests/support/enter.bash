#!/bin/bash
# enter.bash INIT_PID CGROUP… -- COMMAND…: run a command in the test machine whose init has this pid.
set -euo pipefail
pid=$1
shift
while [[ $1 != -- ]]; do
  echo $$ >"$1/cgroup.procs"
  shift
done
exec nsenter --target "$pid" --mount --uts --ipc --net --pid --cgroup -- "${@:2}"
