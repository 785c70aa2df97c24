#!/usr/bin/env bash
# Runs a command as another host: as_host.sh NAME CORE FOLDER COMMAND…
#
# It has namespaces of its own for network, host name and mounts, sees FOLDER as
# /mnt by a bind mount, and runs on one core. Wants root.
set -eu
on_core=$(dirname "$(realpath "$0")")/on_core.sh
name=$1 core=$2 folder=$3
shift 3
exec unshare --net --uts --mount bash -c '
  hostname "$1"
  mount --bind "$2" /mnt
  shift 2
  exec "$@"
' as_host "$name" "$folder" "$on_core" "$core" "$@"
