/**
 * Findings stage: embeddings of all splits in, possible faults of the data out.
 *
 * Writes shards of nearest neighbours (see `neighbour_shards.ts`), then
 * `findings.jsonl`. It needs no head, so that runs which differ in the head alone
 * share it.
 */

import type { Artifact } from "../artifact/artifact.ts";
import { streamJsonLines } from "../dataset/json_lines.ts";
import type { Finding } from "../findings/finding.ts";
import { DATASET_INDEX } from "./dataset_index.ts";
import { EMBEDDINGS } from "./embeddings.ts";
import { defineStage, type Stage } from "./stage.ts";

/** Name of the file with a line a finding. */
export const FINDINGS_FILE = "findings.jsonl";

/**
 * Photos that all are compared with at most: beyond it, time grows with the number
 * of photos and not with its square.
 */
const REFERENCE_LIMIT = 50_000;

export const INPUTS = { index: DATASET_INDEX, embeddings: EMBEDDINGS };

/** Possible faults of the data. */
export interface Findings {
  /** Path of `findings.jsonl`, relative to the work directory. */
  path: string;
  /** Reads the findings, kind after kind, the strongest first; at most 1,000 of each. */
  streamFindings(): AsyncIterable<Finding>;
}

function openFindings(artifact: Artifact): Findings {
  const path = artifact.files.path(FINDINGS_FILE);
  return {
    path,
    streamFindings: () => streamJsonLines(artifact.stream(FINDINGS_FILE), path),
  };
}

/** The stage. */
export const FINDINGS: Stage<"findings", Findings> = defineStage({
  name: "findings",
  // Not raised for the fit of `kernel_fit.ts`, which is the same up to rounding: every file kept its bytes on two data sets, but nothing ensures it.
  version: 4,
  task: "eval",
  inputs: INPUTS,
  config: () => ({ references: REFERENCE_LIMIT }),
  digests: ({ inputs: { embeddings } }) => ({
    embeddings: embeddings.files.fingerprint,
  }),
  async make(job) {
    const { makeFindings } = await import("./make/findings.ts");
    return await makeFindings(job);
  },
  open: openFindings,
});
