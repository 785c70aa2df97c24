/**
 * Evaluation stage: a head and embeddings in, its scores out.
 *
 * Writes `metrics.json`, `predictions.jsonl`, `confusion.csv` and `curves.svg`.
 */

import type { Artifact } from "../artifact/artifact.ts";
import { MANIFEST } from "../artifact/manifest.ts";
import type { ImageRecords } from "../dataset/image_records.ts";
import { encodeJsonLines, streamJsonLines } from "../dataset/json_lines.ts";
import { heldOutSplit, type Split, splitOf, SPLITS } from "../dataset/split.ts";
import { FormatError, MissingArtifactError } from "../errors.ts";
import type { EmbeddingSource } from "../head/embeddings_source.ts";
import { type HeadNetwork, predictLogits } from "../head/network.ts";
import { encodeConfusion } from "../metrics/confusion.ts";
import { addIntervals } from "../metrics/intervals.ts";
import { computeMetrics } from "../metrics/metrics.ts";
import {
  checkPredictions,
  type Prediction,
  scorePhoto,
} from "../metrics/prediction.ts";
import type { Metrics } from "../metrics/schema.ts";
import { fitTemperature, type TemperatureFit } from "../metrics/temperature.ts";
import { toSpec } from "../report/curve_spec.ts";
import { renderSvg } from "../report/plot.ts";
import { DATASET_INDEX } from "./dataset_index.ts";
import { EMBEDDINGS } from "./embeddings.ts";
import { HEAD } from "./head.ts";
import { defineStage, type Facts, type Job, type Stage } from "./stage.ts";

/** Name of the file with the numbers. */
const METRICS = "metrics.json";

/** Name of the file with a line a photo. */
export const PREDICTIONS = "predictions.jsonl";

const INPUTS = { index: DATASET_INDEX, embeddings: EMBEDDINGS, head: HEAD };

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

/**
 * Fits the temperature on the validation split.
 *
 * Never on the split that is evaluated: its gain there would not hold for other
 * photos.
 */
async function fitOnValidation(
  network: HeadNetwork,
  job: Job<typeof INPUTS, { split: Split }>,
): Promise<TemperatureFit> {
  if (job.config.split === "validation") {
    const reason = "the validation split is the one that is evaluated";
    return { temperature: null, reason };
  }
  const validation = await job.inputs.embeddings.loadSplit("validation");
  if (validation === undefined) {
    const reason = "the validation split has no samples";
    return { temperature: null, reason };
  }
  const logits = await predictLogits(network, validation);
  const { labels } = validation;
  return fitTemperature(logits, labels, logits.length / labels.length);
}

/** Lists the prediction of each sample, one at a time. */
function* listPredictions(
  logits: Float32Array,
  source: EmbeddingSource,
  index: { records: ImageRecords; classNames: readonly string[] },
): Generator<Prediction> {
  const { records, classNames } = index;
  const classCount = classNames.length;
  for (let row = 0; row < source.count; row++) {
    const scores = logits.subarray(row * classCount, (row + 1) * classCount);
    const record = source.record(row);
    const { path, digest } = records.at(record);
    const scored = scorePhoto(scores, source.labels[row]!, classNames);
    yield { record, path, digest, ...scored };
  }
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
    const { files, config, inputs: { index, embeddings, head } } = job;
    const saved = await head.readHead();
    const source = (await embeddings.loadSplit(config.split))!;
    const compute = await job.openCompute();
    const network = compute.openHead(saved.shape, saved);
    let logits: Float32Array;
    let fit: TemperatureFit;
    try {
      logits = await predictLogits(network, source);
      fit = await fitOnValidation(network, job);
    } finally {
      await network.dispose();
    }
    job.checkDevices();
    const { labels } = source;
    const { classNames } = index;
    const records = await index.readRecords();
    const metrics = computeMetrics({ logits, labels, classNames, fit });
    const text = (value: string) => new TextEncoder().encode(value);
    const { history, bestEpoch } = head;
    const heldOut = heldOutSplit(embeddings.manifest.counts);
    const curves = await renderSvg(toSpec(history, { bestEpoch, heldOut }));
    const listed = listPredictions(logits, source, { records, classNames });
    const contents = [
      [METRICS, text(`${JSON.stringify(metrics, null, 2)}\n`)],
      [PREDICTIONS, encodeJsonLines(listed)],
      ["confusion.csv", text(encodeConfusion(metrics.confusion, classNames))],
      ["curves.svg", text(curves)],
    ] as const;
    const described = [];
    for (const [name, bytes] of contents) {
      described.push(await files.write(name, bytes));
    }
    return { files: described, counts: { samples: metrics.samples } };
  },
  open: openEvaluation,
});
