#!/bin/sh
# Does what a container engine does with the Containerfile, where there is none: it runs
# a step as root, then a command as a user, on a root that cannot be written, with the
# folder at /headstart, and no network but loopback.
#
#   unshare --mount --net --pid --fork sh read_only_root.sh FOLDER STEP USER:GROUP COMMAND…
set -eu
folder=$1 step=$2 user=$3
shift 3
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
chroot "$root" /bin/sh -c "$step"
mount -o remount,bind,ro headstart
mount -o remount,ro "$root"
ip link set lo up
cd /
exec chroot --userspec="$user" "$root" /usr/bin/env -i \
  HOME=/nonexistent NO_COLOR=1 PATH=/usr/bin:/bin "$@"
