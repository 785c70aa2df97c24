/**
 * Evaluation stage: a head and embeddings in, its scores out.
 *
 * Writes `metrics.json`, `predictions.jsonl`, `confusion.csv` and `curves.svg`.
 */

import type { Artifact } from "../artifact/artifact.ts";
import { MANIFEST } from "../artifact/manifest.ts";
import { streamJsonLines } from "../dataset/json_lines.ts";
import { type Split, splitOf, SPLITS } from "../dataset/split.ts";
import { FormatError, MissingArtifactError } from "../errors.ts";
import { addIntervals } from "../metrics/intervals.ts";
import { checkPredictions, type Prediction } from "../metrics/prediction.ts";
import type { Metrics } from "../metrics/schema.ts";
import { DATASET_INDEX } from "./dataset_index.ts";
import { EMBEDDINGS } from "./embeddings.ts";
import { HEAD } from "./head.ts";
import { defineStage, type Facts, type Stage } from "./stage.ts";

/** Name of the file with the numbers. */
export const METRICS = "metrics.json";

/** Name of the file with a line a photo. */
export const PREDICTIONS = "predictions.jsonl";

export const INPUTS = {
  index: DATASET_INDEX,
  embeddings: EMBEDDINGS,
  head: HEAD,
};

/** Chooses the split to evaluate on, which must have samples. */
function chooseSplit(facts: Facts<typeof INPUTS>): Split {
  const { split: wanted, run: { name }, inputs: { embeddings } } = facts;
  const { files, manifest } = embeddings;
  if (manifest === undefined && wanted) return wanted;
  const counts = manifest?.counts ?? {};
  const split = wanted ?? (counts.test ? "test" : "validation");
  if (counts[split]) return split;
  const others = SPLITS.filter((other) => counts[other]).join(" and ");
  throw new MissingArtifactError(
    `Cannot evaluate run "${name}" on split "${split}" as it has no samples: there are some in ${others}`,
    { stage: DATASET_INDEX.name, path: files.path(MANIFEST) },
  );
}

/** The scores of a head. */
export interface Evaluation {
  /** The split. */
  split: Split;
  /** The numbers. */
  metrics: Metrics;
  /** Reads the prediction of each photo, one at a time. */
  streamPredictions(): AsyncGenerator<Prediction>;
}

async function openEvaluation(artifact: Artifact): Promise<Evaluation> {
  const { files } = artifact;
  const split = splitOf(files.work.config);
  if (split === undefined) {
    const path = files.path(MANIFEST);
    throw new FormatError(
      `Cannot read "${path}" as an evaluation as it must name a split: it names "${files.work.config.split}"`,
      { path },
    );
  }
  const text = new TextDecoder().decode(await artifact.read(METRICS));
  let metrics: Metrics = JSON.parse(text);
  if (files.work.version < 5) {
    // Percentiles of a bootstrap, which hold for many photos only.
    const { intervals: _, ...counted } = metrics;
    metrics = addIntervals(counted);
  }
  const path = files.path(PREDICTIONS);
  return {
    split,
    metrics,
    streamPredictions: () =>
      checkPredictions(
        streamJsonLines(artifact.stream(PREDICTIONS), path),
        path,
      ),
  };
}

/** The stage. */
export const EVALUATION: Stage<"evaluation", Evaluation> = defineStage({
  name: "evaluation",
  version: 5,
  task: "eval",
  inputs: INPUTS,
  config: (facts) => ({ split: chooseSplit(facts) }),
  digests: ({ inputs: { head, embeddings } }) => ({
    head: head.files.fingerprint,
    embeddings: embeddings.files.fingerprint,
  }),
  async make(job) {
    const { makeEvaluation } = await import("./make/evaluation.ts");
    return await makeEvaluation(job);
  },
  open: openEvaluation,
});
