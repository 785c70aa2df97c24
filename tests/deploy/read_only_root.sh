#!/bin/sh
# Does what a container engine does with the Containerfile, where there is none: a root
# that cannot be written, with the folder at /headstart, and no network but loopback.
#
#   unshare --mount --net --pid --fork sh read_only_root.sh FOLDER USER:GROUP COMMAND…
set -eu
folder=$1 user=$2
shift 2
root=$(mktemp -d)
mount -t tmpfs none "$root"
cd "$root"
mkdir -p usr etc proc dev headstart
# Of the machine only its libraries and shell.
mount --rbind /usr usr
for name in bin lib lib64; do
  if [ -L "/$name" ]; then ln -s "$(readlink "/$name")" "$name"
  else mkdir "$name" && mount --rbind "/$name" "$name"; fi
done
mount --bind "$folder" headstart
mount -t proc none proc
mount --rbind /dev dev
mount -o remount,bind,ro headstart
mount -o remount,ro "$root"
ip link set lo up
cd /
exec chroot --userspec="$user" "$root" /usr/bin/env -i \
  HOME=/nonexistent NO_COLOR=1 PATH=/usr/bin:/bin "$@"
