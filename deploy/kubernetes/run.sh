#!/usr/bin/env bash
# Makes a run as a chain of Kubernetes jobs, each after the one before:
#
#   deploy/kubernetes/run.sh deploy/kubernetes/overlays/volume
#
# Kubernetes knows no order of jobs: this waits for each, and ends with 1 if one fails.
# Called again, it goes on with the first step that is not complete; shards that are
# there are kept. For another run, remove the jobs: kubectl delete job -l app=headstart
set -euo pipefail
overlay=${1:?the folder of an overlay}
manifests=$(kubectl kustomize "$overlay")
apply() { kubectl apply -f - -l "step=$1" <<<"$manifests"; }

# Says whether a job has a condition: is CONDITION JOB.
is() {
  [ "$(kubectl get "$2" --ignore-not-found \
    -o "jsonpath={.status.conditions[?(@.type==\"$1\")].status}")" = True ]
}

apply settings
for step in index index-seal prepare prepare-seal embed embed-seal train eval; do
  job=job/headstart-$step
  if is Complete "$job"; then continue; fi
  if is Failed "$job"; then kubectl delete "$job"; fi
  apply "$step"
  until is Complete "$job"; do
    if is Failed "$job"; then
      echo "run.sh: $job failed; see kubectl logs -l step=$step" >&2
      exit 1
    fi
    sleep 5
  done
done
