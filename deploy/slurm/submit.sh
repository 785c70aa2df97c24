#!/usr/bin/env bash
# Submits a run as a chain of Slurm jobs, each after the one before:
#
#   deploy/slurm/submit.sh --work DIR --parts N [OPTIONS] [-- SETTINGS…]
#
#   --work DIR      work directory, which all nodes see; also s3://bucket/prefix
#   --parts N       parts of the steps that are shared
#   --at-once N     most parts that run at the same time (all)
#   --run NAME      name of the run (default)
#   --logs DIR      logs, one per step and part (logs/ in the work directory)
#   --until STEP    last step: index, prepare, embed, train or eval (eval)
#   SETTINGS        flags of prepare, such as --data /data/photos --image-size 224
#
# HEADSTART_SBATCH holds more flags of sbatch, such as "--partition=long", and
# HEADSTART_SBATCH_EMBED those of one step, such as "--gpus=1".
# Prints a line a job: its number, its step, and on how many parts it works.
# Steps that are done end at once, so a chain that broke is submitted again.
set -euo pipefail

usage() { sed -n '3,18s/^# \{0,1\}//p' "$0" >&2; exit 2; }
HEADSTART=$(cd "$(dirname "$0")/../.." && pwd)
HEADSTART_WORK='' HEADSTART_RUN=default parts='' at_once='' logs='' until=eval
while [ $# -gt 0 ]; do
  case $1 in
    --work) HEADSTART_WORK=${2:?$(usage)} ;;
    --parts) parts=${2:?$(usage)} ;;
    --at-once) at_once=%${2:?$(usage)} ;;
    --run) HEADSTART_RUN=${2:?$(usage)} ;;
    --logs) logs=${2:?$(usage)} ;;
    --until) until=${2:?$(usage)} ;;
    --) shift; break ;;
    *) usage ;;
  esac
  shift 2
done
[ -n "$HEADSTART_WORK" ] && [[ $parts =~ ^[1-9][0-9]*$ ]] || usage
[[ " index prepare embed train eval " == *" $until "* ]] || usage
if [[ $HEADSTART_WORK == *://* ]]; then
  logs=${logs:-$PWD/logs}
else
  HEADSTART_WORK=$(mkdir -p "$HEADSTART_WORK" && cd "$HEADSTART_WORK" && pwd)
  logs=${logs:-$HEADSTART_WORK/logs}
fi
mkdir -p "$logs"
export HEADSTART HEADSTART_WORK HEADSTART_RUN

# Submits a step after the last one: step FILE KIND [ARGUMENTS…]
last=''
step() {
  local file=$1 kind=$2 flags=(--parsable --export=ALL --kill-on-invalid-dep=yes)
  local own=HEADSTART_SBATCH_${1^^}
  shift 2
  [ -z "$last" ] || flags+=("--dependency=afterok:$last")
  if [ "$kind" = array ]; then
    flags+=("--array=0-$((parts - 1))$at_once" "--output=$logs/%x-%a.log")
  else
    flags+=("--output=$logs/%x.log")
  fi
  # shellcheck disable=SC2086 # They hold several flags.
  last=$(sbatch "${flags[@]}" ${HEADSTART_SBATCH:-} ${!own:-} "$HEADSTART/deploy/slurm/$file.sbatch" "$@")
  echo "$last $file $([ "$kind" = array ] && echo "$parts" || echo 1)"
}

step index array "$@"
step index_seal one
[ "$until" != index ] || exit 0
step prepare array
step prepare_seal one
[ "$until" != prepare ] || exit 0
step embed array
step embed_seal one
[ "$until" != embed ] || exit 0
step train one
[ "$until" != train ] || exit 0
step eval one
