/**
 * The interface of a head on a device: forward, backward and Adam; and logits of many
 * embeddings.
 *
 * Masks come from the caller, so that every engine drops the same numbers: tfjs' own
 * seeded dropout repeats one mask.
 */

import type { AdamOptions } from "./adam.ts";
import type { EmbeddingSource } from "./embeddings_source.ts";
import type { HeadParameters, HeadShape } from "./model.ts";

/** Targets of a batch. */
export interface BatchTargets {
  /** Target distribution, F32 `[n, C]`. */
  targets: Float32Array;
  /** Weight of each sample, F32 `[n]`. */
  weights: Float32Array;
  /** Labels, I32 `[n]`. */
  labels: Int32Array;
}

/** A batch to train on; the next one may lie in the same memory. */
export interface StepInput extends BatchTargets {
  /** Embeddings, the first dropout applied, F32 `[n, D]`. */
  inputs: Float32Array;
  /** Mask of the hidden layer: 0 or `1 / (1 - rate)`, F32 `[n, H]`; absent for none. */
  mask?: Float32Array | undefined;
}

/** Numbers of an epoch, summed over its batches. */
export interface EpochSums {
  /** Sum of the samples' losses. */
  loss: number;
  correct: number;
}

/** Initial parameters and moments of a head; moments are 0 if not given. */
export interface HeadState {
  parameters: HeadParameters;
  /** Adam's first moments. */
  m?: HeadParameters;
  /** Adam's second moments. */
  v?: HeadParameters;
}

/** A head with its moments. One call at a time. */
export interface HeadNetwork {
  /**
   * Computes logits in evaluation mode.
   *
   * @param inputs Embeddings, F32 `[n, D]`.
   * @returns F32 `[n, C]`.
   */
  predict(inputs: Float32Array): Promise<Float32Array>;
  /**
   * Computes gradients without changing anything but the epoch's sums.
   *
   * @returns Gradients of the mean loss by name of the parameter.
   */
  gradients(input: StepInput): Promise<HeadParameters>;
  /**
   * Trains on one batch with Adam; weight decay is for kernels only.
   *
   * @param options Number of this step, from 1; learning rate; weight decay.
   */
  step(input: StepInput, options: AdamOptions): Promise<void>;
  /** Reads the sums of the epoch and starts the next at 0. */
  takeSums(): Promise<EpochSums>;
  /** Copies parameters and moments from the device. */
  read(): Promise<Required<HeadState>>;
  /** Copies the parameters alone: a third of the work on `cpu` and `wasm`; `webgpu` reads the moments as well. */
  readParameters(): Promise<HeadParameters>;
  dispose(): Promise<void>;
}

/** Opens a head on a device; its parameters are copied. */
export type OpenHead = (shape: HeadShape, state: HeadState) => HeadNetwork;

/** Samples whose logits are computed at once. */
const PREDICT_BATCH = 256;

/**
 * Computes the logits of plain views, in batches.
 *
 * @param rows The samples, all of them if not given.
 * @returns F32 `[n, C]`.
 */
export async function predictLogits(
  network: HeadNetwork,
  source: EmbeddingSource,
  rows: Int32Array = Int32Array.from({ length: source.count }, (_, i) => i),
): Promise<Float32Array> {
  const { size } = source;
  let all = new Float32Array(0);
  for (let start = 0; start < rows.length; start += PREDICT_BATCH) {
    const batch = rows.subarray(start, start + PREDICT_BATCH);
    const inputs = new Float32Array(batch.length * size);
    batch.forEach((row, i) =>
      source.copyView(inputs.subarray(i * size, (i + 1) * size), row, 0)
    );
    const logits = await network.predict(inputs);
    const classes = logits.length / batch.length;
    if (start === 0) all = new Float32Array(rows.length * classes);
    all.set(logits, start * classes);
  }
  return all;
}
