/**
 * The order of samples, as a function of the seed and the step.
 *
 * Samples come in passes over the whole split, each in an order of its own. An
 * epoch is a number of steps: where it is not a whole pass, the stream goes on
 * where it was, as with a Keras generator.
 *
 * @module
 */

import { permutation, STREAMS, uniformNumbers } from "./random.ts";

/** Which samples make a batch, and which view of each. */
export interface Batch {
  /** Rows of the samples. */
  rows: Int32Array;
  /** View of each: 0 plain, 1 flipped. */
  views: Uint8Array;
}

/** How samples are drawn. */
export interface BatchOptions {
  /** Seed of the run. */
  seed: number;
  /** Samples in the split. */
  count: number;
  /** Views of each sample. */
  views: number;
  /** Samples a batch. */
  batchSize: number;
}

/**
 * Returns how many batches a pass over the split has; the last may be smaller.
 *
 * @param options How samples are drawn.
 * @returns The number of batches.
 */
export function batchesPerPass(
  options: Pick<BatchOptions, "count" | "batchSize">,
): number {
  return Math.ceil(options.count / options.batchSize);
}

/**
 * Draws the batch of a step.
 *
 * @param step Global step, from 0.
 * @param options How samples are drawn.
 * @returns The batch.
 */
export function drawBatch(step: number, options: BatchOptions): Batch {
  const { seed, count, views, batchSize } = options;
  const pass = Math.floor(step / batchesPerPass(options));
  const start = (step % batchesPerPass(options)) * batchSize;
  const order = permutation(count, uniformNumbers(seed, STREAMS.order, pass));
  const rows = order.subarray(start, Math.min(start + batchSize, count));
  const flip = uniformNumbers(seed, STREAMS.flip, step);
  return {
    rows,
    views: Uint8Array.from(rows, (_, i) => Math.floor(flip(i) * views)),
  };
}
