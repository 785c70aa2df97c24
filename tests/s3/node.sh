#!/usr/bin/env bash
# A real S3 server on this machine for tests: Ceph's object gateway (radosgw) over one
# monitor and one OSD whose disk is a sparse file, from Debian's packages radosgw,
# ceph-mon and ceph-osd.
#
#   node.sh start DIR PORT   make it the first time, and start it
#   node.sh stop DIR         end the daemons whose process ids stand in DIR/run
#   node.sh kill DIR         end the gateway with SIGKILL
#
# Everything stays below DIR. It listens on 127.0.0.1 only: PORT for S3, PORT+1 for the
# monitor, four of PORT+2 to PORT+40 for the OSD.
set -euo pipefail
die() { echo "node.sh: $*" >&2; exit 1; }
verb=${1:-} dir=${2:-} port=${3:-9444}
key=S3TESTKEY000000000001 secret=s3testsecret0000000000000000000000000001 # public: for tests on loopback only

pid_of() { # the live process of our mon, osd or client (the gateway): its command line must name our own ceph.conf
  local p; p=$(cat "$dir/run/$1.pid" 2>/dev/null) && [ -n "$p" ] &&
    tr '\0' '\n' 2>/dev/null <"/proc/$p/cmdline" | grep -qxF "$dir/ceph.conf" && echo "$p"
} 2>/dev/null
busy() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
stop_all() { # gateway first, monitor last: an OSD without its monitor lingers
  local n p
  for n in client osd mon; do
    p=$(pid_of $n) || continue
    kill "$p" || true
    for _ in $(seq 100); do pid_of $n >/dev/null || continue 2; sleep 0.1; done
    kill -9 "$p" || true
  done
}
write_conf() {
  cat >"$dir/ceph.conf" <<CONF
[global]
fsid = $(cat "$dir/fsid")
mon host = v2:127.0.0.1:$mon
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
ms bind port min = $((mon + 1))
ms bind port max = $((mon + 39))
# real keys: with "auth client required = none" this radosgw never gets past the monitor
keyring = $dir/keyring
auth allow insecure global id reclaim = false
crash dir = $dir/log
log file = $dir/log/\$name.log
mon cluster log file = $dir/log/cluster.log
pid file = $dir/run/\$type.pid
# no admin sockets: a socket's path may have 107 characters, and DIR may be long
admin socket =
mon data = $dir/mon
mon data avail crit = 1
mon allow pool size one = true
paxos propose interval = 0.1
osd data = $dir/osd
bluestore block size = $((16 << 30))
bluestore cache autotune = false
bluestore cache size = $((128 << 20))
osd pool default size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
rgw data = $dir/rgw
# without tcp_nodelay every GET waits 40 ms for a delayed acknowledgement
rgw frontends = beast tcp_nodelay=1 endpoint=127.0.0.1:$port
rgw enable apis = s3
rgw relaxed region enforcement = true
# the space of deleted objects comes back after a minute, not two hours
rgw gc obj min wait = 60
rgw gc processor period = 60
CONF
}
make_node() { # keys, monitor, disk, S3 user; only when all is done comes DIR/made: without it the next start makes it afresh
  local k u; k=$(ceph-authtool --gen-print-key) u=$(cat "$dir/fsid")
  rm -rf "$dir/mon" "$dir/osd"; mkdir -p "$dir/mon" "$dir/osd"
  printf '[%s]\nkey = '"$k"'\ncaps mon = "allow *"\ncaps osd = "allow *"\n' mon. client.admin client.rgw osd.0 >"$dir/keyring"
  monmaptool --create --clobber --fsid "$u" --addv a "[v2:127.0.0.1:$mon]" "$dir/run/monmap"
  ceph-mon -c "$dir/ceph.conf" -i a --mkfs --keyring "$dir/keyring" --monmap "$dir/run/monmap"
  ceph-mon -c "$dir/ceph.conf" -i a
  ceph -c "$dir/ceph.conf" --connect-timeout 30 osd new "$u" 0
  ceph-osd -c "$dir/ceph.conf" -i 0 --mkfs --osd-uuid "$u"
  ceph-osd -c "$dir/ceph.conf" -i 0
  timeout 60 radosgw-admin -c "$dir/ceph.conf" user create --uid=test --display-name=test --access-key=$key --secret-key=$secret
  echo "$mon" >"$dir/made"
}
start_gateway() { # returns when it answers
  radosgw -c "$dir/ceph.conf" -n client.rgw
  for _ in $(seq 600); do ! busy "$port" || return 0; sleep 0.1; done; return 1
}

case $verb in
start)
  mkdir -p "${dir:?which folder}"; dir=$(cd "$dir" && pwd)
  if [ -e "$dir/made" ] && { pid_of mon && pid_of osd && ! pid_of client; } >/dev/null; then
    start_gateway </dev/null >>"$dir/log/start.log" 2>&1 || die "the gateway does not start, see $dir/log"
  elif ! { pid_of mon && pid_of osd && pid_of client; } >/dev/null; then # another is down: start all three anew
    [ -s "$dir/fsid" ] || [ -z "$(ls -A "$dir")" ] || die "$dir is neither empty nor this script's"
    stop_all
    mon=$(cat "$dir/made" 2>/dev/null || echo $((port + 1))) # a monitor keeps its first address for good
    for p in "$port" "$mon"; do ! busy "$p" || die "port $p is taken"; done
    [ -s "$dir/fsid" ] || cat /proc/sys/kernel/random/uuid >"$dir/fsid"
    mkdir -p "$dir/run" "$dir/log" "$dir/rgw"; chmod 700 "$dir"
    trap 'stop_all; echo "node.sh: start failed, see $dir/log" >&2' EXIT
    write_conf
    ( # a subshell, so that set -e holds and the daemons keep none of the caller's pipes
      if [ -e "$dir/made" ]; then ceph-mon -c "$dir/ceph.conf" -i a; ceph-osd -c "$dir/ceph.conf" -i 0; else make_node; fi
      start_gateway
    ) </dev/null >>"$dir/log/start.log" 2>&1
    trap - EXIT
  fi
  ;;
stop | kill)
  dir=$(cd "${dir:?which folder}" && pwd)
  if [ "$verb" = stop ]; then stop_all; else kill -9 "$(pid_of client)"; fi ;;
*) echo "usage: node.sh start DIR PORT | stop DIR | kill DIR" >&2; exit 2 ;;
esac
