#!/usr/bin/env bash
# Runs a command on one core: on_core.sh CORE COMMAND…
#
# As root in a set of cores of its own, which no library can leave: onnxruntime sets
# the affinity of its threads itself. Otherwise by affinity alone. The set is empty
# afterwards, and stays for the next command.
set -eu
core=$1
shift
sets=/sys/fs/cgroup
[ ! -d "$sets/cpuset" ] || sets=$sets/cpuset
own=$sets/headstart-core-$core
if mkdir -p "$own" 2>/dev/null && echo "$core" 2>/dev/null >"$own/cpuset.cpus" &&
  echo 0 2>/dev/null >"$own/cpuset.mems" && echo $$ 2>/dev/null >"$own/cgroup.procs"; then
  exec "$@"
fi
exec taskset --cpu-list "$core" "$@"
