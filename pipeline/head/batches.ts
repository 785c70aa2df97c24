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

/** Returns the batch of a global step, from 0. */
export type BatchDrawer = (step: number) => Batch;

/**
 * Prepares to draw batches.
 *
 * Each is a function of the options and the step alone. The order of the last
 * pass is remembered only because making it takes as long as the pass has samples.
 *
 * @param options How samples are drawn.
 * @returns Draws the batch of a step.
 */
export function batchDrawer(options: BatchOptions): BatchDrawer {
  const { seed, count, views, batchSize } = options;
  const perPass = batchesPerPass(options);
  let pass = -1;
  let order: Int32Array = new Int32Array(0);
  return (step) => {
    const wanted = Math.floor(step / perPass);
    if (wanted !== pass) {
      pass = wanted;
      order = permutation(count, uniformNumbers(seed, STREAMS.order, pass));
    }
    const start = (step % perPass) * batchSize;
    const rows = order.slice(start, start + batchSize);
    const flip = uniformNumbers(seed, STREAMS.flip, step);
    return {
      rows,
      views: Uint8Array.from(rows, (_, i) => Math.floor(flip(i) * views)),
    };
  };
}

/**
 * Draws the samples to validate on, the same at every epoch.
 *
 * Samples lie class by class, so that the first ones would be of few classes.
 *
 * @param options Seed of the run, samples in the split, and how many are wanted.
 * @returns Rows of the samples in rising order, all where there are no more than `limit`.
 */
export function drawFixedRows(
  options: { seed: number; count: number; limit: number },
): Int32Array {
  const { seed, count, limit } = options;
  if (limit >= count) return Int32Array.from({ length: count }, (_, i) => i);
  const uniform = uniformNumbers(seed, STREAMS.validation);
  return permutation(count, uniform).slice(0, limit).sort();
}
