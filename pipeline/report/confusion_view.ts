/**
 * The part of a confusion matrix that is shown: all of it for few classes, else the
 * classes that are confused most.
 */

import { type ConfusedPair, confusedPairs } from "../metrics/confusion.ts";

/** Most classes whose matrix is shown whole. */
const WHOLE_CLASSES = 40;

/** Classes in the matrix where there are more. */
const CHOSEN_CLASSES = 24;

/** Confused pairs that are listed. */
export const LISTED_PAIRS = 10;

/** Confused pairs that are listed where the matrix is not whole. */
const MORE_PAIRS = 50;

/** The part of a confusion matrix that is shown. */
export interface ConfusionView {
  /** Labels of rows and columns, in rising order. */
  labels: number[];
  isWhole: boolean;
  pairs: ConfusedPair[];
}

/** Takes the classes of the pairs that are confused most, until there are enough. */
function chooseLabels(confusion: readonly (readonly number[])[]): number[] {
  // So many pairs have enough classes, if there are as many.
  const pairs = confusedPairs(confusion, CHOSEN_CLASSES ** 2);
  const chosen = new Set<number>();
  for (const { label, predicted } of pairs) {
    const both = new Set([...chosen, label, predicted]);
    if (both.size > CHOSEN_CLASSES) break;
    chosen.add(label).add(predicted);
  }
  return [...chosen].sort((a, b) => a - b);
}

/**
 * Chooses the classes and pairs that are shown.
 *
 * @param confusion For each true label its counts by predicted label; square.
 */
export function viewConfusion(
  confusion: readonly (readonly number[])[],
): ConfusionView {
  const isWhole = confusion.length <= WHOLE_CLASSES;
  return {
    labels: isWhole ? confusion.map((_, i) => i) : chooseLabels(confusion),
    isWhole,
    pairs: confusedPairs(confusion, isWhole ? LISTED_PAIRS : MORE_PAIRS),
  };
}

/** A place in a confusion matrix. */
export interface Cell {
  label: number;
  predicted: number;
  /** Number of samples, at least one. */
  count: number;
}

/**
 * Lists the places whose photos are shown: those of the matrix, then those of pairs
 * that are not in it. None is empty.
 *
 * @param confusion For each true label its counts by predicted label; square.
 * @returns The places, each once.
 */
export function listCells(
  { labels, pairs }: ConfusionView,
  confusion: readonly (readonly number[])[],
): Cell[] {
  const cells = new Map<string, Cell>();
  const add = (label: number, predicted: number) => {
    const count = confusion[label]![predicted]!;
    if (count === 0) return;
    cells.set(cellKey({ label, predicted }), { label, predicted, count });
  };
  for (const label of labels) {
    for (const predicted of labels) add(label, predicted);
  }
  for (const { label, predicted } of pairs) add(label, predicted);
  return [...cells.values()];
}

/**
 * Names a place, for maps and for the page.
 *
 * @returns Text such as `3-5`: the true label, then the predicted one.
 */
export function cellKey(cell: Pick<Cell, "label" | "predicted">): string {
  return `${cell.label}-${cell.predicted}`;
}
