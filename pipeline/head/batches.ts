/**
 * The order of samples, as a function of the seed and the step.
 *
 * Samples come in passes over the whole split, each in another random order. An
 * epoch is a number of steps. If it is not a whole pass, the next epoch continues
 * the pass, as with a Keras generator.
 */

import { permutation, STREAMS, uniformNumbers } from "../numeric/random.ts";

/** The samples of a batch, and the view of each. */
export interface Batch {
  rows: Int32Array;
  /** View of each: 0 plain, 1 flipped. */
  views: Uint8Array;
}

/** How samples are drawn. */
interface BatchOptions {
  seed: number;
  /** Samples in the split. */
  count: number;
  views: number;
  batchSize: number;
}

/** Returns the number of batches in a pass over the split; the last may be smaller. */
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
 * Each batch is a function of the options and the step alone. The order of a pass
 * is kept because drawing it takes time in proportion to its samples.
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
 * Draws the rows of the validation split, the same at every epoch.
 *
 * Samples are sorted by class, so the first ones would cover few classes.
 *
 * @returns Rows of the samples in rising order; all rows if the split has at most `limit`.
 */
export function drawValidationRows(
  options: { seed: number; count: number; limit: number },
): Int32Array {
  const { seed, count, limit } = options;
  if (limit >= count) return Int32Array.from({ length: count }, (_, i) => i);
  const uniform = uniformNumbers(seed, STREAMS.validation);
  return permutation(count, uniform).slice(0, limit).sort();
}
