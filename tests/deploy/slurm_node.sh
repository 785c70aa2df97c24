#!/usr/bin/env bash
# A real Slurm controller and one compute node on this machine: `slurm_node.sh start
# DIR PORT PORT` and `slurm_node.sh stop DIR`. Needs Debian's slurmctld, slurmd,
# slurm-client and munge, and root. State, logs and process numbers are under DIR.
set -euo pipefail
verb=$1 dir=$2
host=$(hostname -s)
export SLURM_CONF=$dir/slurm.conf
case $verb in
  start)
    mkdir -p "$dir"/{ctld,d,munge}
    head -c 1024 /dev/urandom >"$dir/munge/key"
    chmod 400 "$dir/munge/key"
    chown -R munge:munge "$dir/munge"
    chmod 711 "$dir" "$dir/munge"
    memory=$(($(awk '/MemTotal/ { print $2 }' /proc/meminfo) / 1280))
    cat >"$SLURM_CONF" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0
ReturnToService=2
SlurmUser=root
StateSaveLocation=$dir/ctld
SlurmdSpoolDir=$dir/d
SlurmctldPort=$3
SlurmdPort=$4
SlurmctldPidFile=$dir/ctld.pid
SlurmdPidFile=$dir/d.pid
SlurmctldLogFile=$dir/ctld.log
SlurmdLogFile=$dir/d.log
MinJobAge=3600
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=$memory State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
    runuser -u munge -- munged --key-file="$dir/munge/key" \
      --socket="$dir/munge/socket" --pid-file="$dir/munge/pid" \
      --log-file="$dir/munge/log" --seed-file="$dir/munge/seed"
    slurmctld -f "$SLURM_CONF"
    slurmd -f "$SLURM_CONF"
    for _ in $(seq 100); do
      if sinfo -h -o %T 2>/dev/null | grep -q idle; then exit 0; fi
      sleep 0.1
    done
    tail -n 20 "$dir"/ctld.log "$dir"/d.log >&2
    exit 1
    ;;
  stop)
    scancel --quiet --user=root || true
    for _ in $(seq 50); do
      if ! squeue -h | grep -q .; then break; fi
      sleep 0.1
    done
    for file in "$dir"/{d,ctld,munge/}*pid; do
      if [ ! -s "$file" ]; then continue; fi
      pid=$(cat "$file")
      kill "$pid" || true
      while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    done
    ;;
esac
