#!/usr/bin/env bash
# Runs a task in a Slurm job, for the .sbatch files here: run_task.sh TASK [FLAGS…]
#
# A task that fails is queued again, HEADSTART_RETRIES times; one that nears its time
# limit stops after its shard and is queued again to continue. Wrong use (exit code 2)
# and scancel (130) are final.
set -u
cd "$HEADSTART" || exit 2

"${DENO:-deno}" task --quiet "$@" --work "$HEADSTART_WORK" --run "${HEADSTART_RUN:-default}" &
task=$!
limit=0
trap 'kill -TERM "$task" 2>/dev/null' TERM
# Sent before the time limit; see --signal in the .sbatch files.
trap 'limit=1; kill -TERM "$task" 2>/dev/null' USR1
# A signal ends `wait`, and not the task.
while wait "$task"; code=$?; kill -0 "$task" 2>/dev/null; do :; done
wait "$task"
code=$?

case $code in
  0 | 2) exit "$code" ;;
  130) most=$((limit * 1000)) ;;
  *) most=${HEADSTART_RETRIES:-3} ;;
esac
[ "${SLURM_RESTART_COUNT:-0}" -lt "$most" ] || exit "$code"
echo "run_task.sh: exit code $code, queued again" >&2
scontrol requeue "$SLURM_JOB_ID"
exit "$code"
