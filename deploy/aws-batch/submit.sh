#!/usr/bin/env bash
# Submits a run as a chain of jobs of AWS Batch, each after the one before:
#
#   aws batch register-job-definition --cli-input-json file://deploy/aws-batch/job-definition.json
#   deploy/aws-batch/submit.sh QUEUE PARTS WORK [SETTINGS…]
#
# PARTS is 2 to 10000, the sizes of an array job. WORK is a work directory in the
# container, or s3://bucket/prefix. SETTINGS are flags of prepare, such as
# --data /shared/photos. Prints a line a job: its number, its step and its parts.
set -euo pipefail
[ $# -ge 3 ] || { sed -n '3,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
queue=$1 parts=$2 work=$3
shift 3

# Writes words as a list of JSON.
list() { python3 -c 'import json, sys; print(json.dumps(sys.argv[1:]))' "$@"; }

# Submits a step after the last one: step NAME PARTS TASK [FLAGS…]
last=''
step() {
  local name=$1 size=$2 flags=()
  shift 2
  [ -z "$last" ] || flags+=(--depends-on "jobId=$last")
  [ "$size" = 1 ] || flags+=(--array-properties "size=$size")
  # What is missing for a seal does not come by trying again.
  [[ $name != *-seal ]] || flags+=(--retry-strategy attempts=1)
  last=$(aws batch submit-job --output text --query jobId \
    --job-name "headstart-$name" --job-queue "$queue" --job-definition headstart \
    "${flags[@]}" --container-overrides "{\"command\": $(list "$@" --work "$work")}")
  echo "$last $name $size"
}

step index "$parts" prepare --index "$@"
step index-seal 1 prepare --index --seal
step prepare "$parts" prepare
step prepare-seal 1 prepare --seal
step embed "$parts" embed
step embed-seal 1 embed --seal
step train 1 train
step eval 1 eval
