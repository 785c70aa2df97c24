/** Making an evaluation: logits of a split, and every number of them. */

import type { ImageRecords } from "../../dataset/image_records.ts";
import { encodeJsonLines } from "../../dataset/json_lines.ts";
import { heldOutSplit, type Split } from "../../dataset/split.ts";
import type { EmbeddingSource } from "../../head/embeddings_source.ts";
import { type HeadNetwork, predictLogits } from "../../head/network.ts";
import { encodeConfusion } from "../../metrics/confusion.ts";
import { computeMetrics } from "../../metrics/metrics.ts";
import { type Prediction, scorePhoto } from "../../metrics/prediction.ts";
import {
  fitTemperature,
  type TemperatureFit,
} from "../../metrics/temperature.ts";
import { toSpec } from "../../report/curve_spec.ts";
import { renderSvg } from "../../report/plot.ts";
import type { Job, Made } from "../stage.ts";
import { type INPUTS, METRICS, PREDICTIONS } from "../evaluation.ts";

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

/** Makes the files of the stage that are missing. */
export async function makeEvaluation(
  job: Job<typeof INPUTS, { split: Split }>,
): Promise<Made | undefined> {
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
}
