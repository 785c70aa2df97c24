/**
 * Early stopping: which epoch was the best, and whether to go on.
 *
 * Both are functions of the history, so there is no state to save.
 *
 * @module
 */

import type { EpochRecord } from "./trainer.ts";

/** What is monitored of an epoch. */
type Monitored = Pick<EpochRecord, "epoch" | "validationLoss">;

/**
 * Returns the epoch with the lowest validation loss, the first of several.
 *
 * @param history Every epoch so far.
 * @returns The epoch, from 1; the last where none was validated.
 */
export function bestEpoch(history: readonly Monitored[]): number {
  let best = history.length;
  let lowest = Infinity;
  for (const { epoch, validationLoss = Infinity } of history) {
    if (validationLoss < lowest) [best, lowest] = [epoch, validationLoss];
  }
  return best;
}

/**
 * Says whether training stops by itself.
 *
 * @param history Every epoch so far.
 * @param patience Epochs without a lower validation loss after which it stops; 0 for never.
 * @returns Whether it stops.
 */
export function hasStopped(
  history: readonly Monitored[],
  patience: number,
): boolean {
  return patience > 0 && history.length - bestEpoch(history) >= patience;
}
