/**
 * Report stage: all results of a run in, a page of HTML out.
 *
 * Writes `report.html`.
 */

import type { Artifact } from "../artifact/artifact.ts";
import { sha256 } from "../artifact/digest.ts";
import { explainChange } from "../artifact/fingerprint.ts";
import type { Manifest } from "../artifact/manifest.ts";
import { lastName, namePlaces } from "../config/name_places.ts";
import { splitOf } from "../dataset/split.ts";
import { CALIBRATION } from "./calibration.ts";
import { DATASET_INDEX } from "./dataset_index.ts";
import { describeBackbone } from "./describe_backbone.ts";
import { EMBEDDINGS } from "./embeddings.ts";
import { EVALUATION } from "./evaluation.ts";
import { EVIDENCE } from "./evidence.ts";
import { FINDINGS } from "./findings.ts";
import { HEAD } from "./head.ts";
import { defineStage, type Facts, optional, type Stage } from "./stage.ts";
import { TENSORS } from "./tensors.ts";

/** The page of a run. */
export interface Report {
  /** Path of the page, relative to the work directory. */
  page: string;
}

/** Name of the page. */
export const PAGE = "report.html";

export const INPUTS = {
  "dataset-index": DATASET_INDEX,
  tensors: TENSORS,
  calibration: optional(CALIBRATION),
  embeddings: EMBEDDINGS,
  head: HEAD,
  evaluation: EVALUATION,
  findings: FINDINGS,
  evidence: optional(EVIDENCE),
};

/** Digests all files of a stage: unlike its fingerprint, they name the engine. */
async function digestContent({ files }: Manifest): Promise<string> {
  const digests = files.map(({ digest }) => digest).join();
  return await sha256(new TextEncoder().encode(digests));
}

/** Returns the facts that the page shows and that are known before anything is read. */
export function listFacts({ run, inputs }: Facts<typeof INPUTS>) {
  const { config, versions } = run;
  const { report: _, ...times } = run.times;
  const { name, variant, digest } = run.backbone;
  const backbone = { name: lastName(name), variant, digest: digest ?? "" };
  return {
    run: run.name,
    split: splitOf(inputs.evaluation.files.work.config) ?? null,
    config: { ...namePlaces(config) },
    backbone: { ...describeBackbone(backbone, run.preprocessing) },
    versions: { ...versions },
    // JSON has no `undefined`: a fact that is not known stays absent.
    ...Object.keys(times).length > 0 && { times: { ...times } },
  };
}

/** The stage. */
export const REPORT: Stage<"report", Report> = defineStage({
  name: "report",
  version: 3,
  task: "eval",
  inputs: INPUTS,
  config: listFacts,
  async digests({ inputs }) {
    const digests: Record<string, string> = {};
    for (const [name, stage] of Object.entries(inputs)) {
      if (stage?.manifest) digests[name] = await digestContent(stage.manifest);
    }
    return digests;
  },
  async make(job) {
    const { makeReport } = await import("./make/report.ts");
    return await makeReport(job);
  },
  open: ({ files }: Artifact): Report => ({ page: files.path(PAGE) }),
  // Times and versions differ between days: the page is stale only if its inputs have changed.
  explain(before, now) {
    const known = Object.entries(now.inputs)
      .filter(([name]) => name in before.inputs);
    const inputs = { ...before.inputs, ...Object.fromEntries(known) };
    return explainChange(before, { ...before, inputs });
  },
});
