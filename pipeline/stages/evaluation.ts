/**
 * Evaluation stage: a head and embeddings in, what it is worth out.
 *
 * Writes `metrics.json`, `predictions.jsonl`, `confusion.csv` and `curves.svg`,
 * then the manifest.
 *
 * @module
 */

import type { Work } from "../artifact/fingerprint.ts";
import type { ImageRecords } from "../dataset/image_records.ts";
import { encodeJsonLines } from "../dataset/json_lines.ts";
import type { Split } from "../dataset/split.ts";
import type { SavedHead } from "../head/checkpoint.ts";
import type { EmbeddingSource } from "../head/embeddings_source.ts";
import type { OpenHead } from "../head/network.ts";
import { predictLogits } from "../head/predict.ts";
import type { EpochRecord } from "../head/trainer.ts";
import { encodeConfusion } from "../metrics/confusion.ts";
import { computeMetrics } from "../metrics/metrics.ts";
import { type Prediction, scorePhoto } from "../metrics/prediction.ts";
import type { Metrics } from "../metrics/schema.ts";
import type { TemperatureFit } from "../metrics/temperature.ts";
import { renderCurves } from "../report/curves.ts";
import type { DeviceContext } from "./context.ts";
import { fitOnValidation, resampleNumbers } from "./evaluation_inputs.ts";
import { runStage, type StageResult } from "./run_stage.ts";

/** Version of the files. Raise it when the same head gives other bytes. */
export const EVALUATION_VERSION = 4;

/** Name of the file with the numbers. */
export const METRICS_FILE = "metrics.json";

/** Name of the file with a line a photo. */
export const PREDICTIONS_FILE = "predictions.jsonl";

/** What the stage works on. */
export interface EvaluationInput {
  /** The head. */
  head: SavedHead;
  /** Opens it on an engine. */
  open: OpenHead;
  /** Embeddings of the split. */
  source: EmbeddingSource;
  /** Embeddings of the validation split, for the temperature; none if it is the split, or empty. */
  validation?: EmbeddingSource | undefined;
  /** Seed of the run. */
  seed: number;
  /** The dataset index. */
  records: ImageRecords;
  /** Class names by label. */
  classNames: string[];
  /** Numbers of every epoch. */
  history: EpochRecord[];
  /** The epoch with the lowest validation loss. */
  bestEpoch: number;
}

/** Names the work of the stage. */
export function planEvaluation(
  inputs: { head: string; embeddings: string },
  split: Split,
): Work {
  return {
    stage: "evaluation",
    version: EVALUATION_VERSION,
    config: { split },
    inputs,
  };
}

/** Lists what the head says of each sample, one at a time. */
function* listPredictions(
  logits: Float32Array,
  input: EvaluationInput,
): Generator<Prediction> {
  const { records, classNames, source } = input;
  const classCount = classNames.length;
  for (let row = 0; row < source.count; row++) {
    const scores = logits.subarray(row * classCount, (row + 1) * classCount);
    const record = source.record(row);
    const { path, digest } = records.at(record);
    const scored = scorePhoto(scores, source.labels[row]!, classNames);
    yield { record, path, digest, ...scored };
  }
}

/**
 * Completes the stage.
 *
 * @param work The work, from {@linkcode planEvaluation}.
 * @param load Reads head and embeddings; called only if there is something to do.
 * @param context The work directory, the stop signal, the listener.
 * @returns The complete stage.
 */
export async function evaluateHead(
  work: Work,
  load: () => Promise<EvaluationInput>,
  context: DeviceContext,
): Promise<StageResult> {
  return await runStage(work, context, async (files) => {
    const input = await load();
    const { head, source, classNames, history, bestEpoch } = input;
    const network = input.open(head.shape, head);
    let logits: Float32Array;
    let fit: TemperatureFit;
    try {
      logits = await predictLogits(network, source);
      fit = await fitOnValidation(network, work.config.split, input.validation);
    } finally {
      await network.dispose();
    }
    context.guard?.();
    const { labels } = source;
    const numbers = resampleNumbers(input.seed);
    const metrics: Metrics = computeMetrics(
      { logits, labels, classNames, numbers, fit },
    );
    const text = (value: string) => new TextEncoder().encode(value);
    const curves = await renderCurves(history, { bestEpoch });
    const contents = [
      [METRICS_FILE, text(`${JSON.stringify(metrics, null, 2)}\n`)],
      [PREDICTIONS_FILE, encodeJsonLines(listPredictions(logits, input))],
      ["confusion.csv", text(encodeConfusion(metrics.confusion, classNames))],
      ["curves.svg", text(curves)],
    ] as const;
    const described = [];
    for (const [name, bytes] of contents) {
      described.push(await files.write(name, bytes));
    }
    return { files: described, counts: { samples: metrics.samples } };
  });
}
