/**
 * Completing the records of a dataset index, once every photo was opened: labels and
 * splits.
 */

import { buildClassIndex } from "./class_index.ts";
import { drawSplits } from "./draw_splits.ts";
import type { ImageRecords } from "./image_records.ts";

/** What decides the bytes of an index besides the photos. */
export type IndexConfig =
  | { validation: number; test: number }
  // Only where a split is drawn.
  | { validation: number; test: number; draw: string; seed: number };

/**
 * Numbers the classes that have a photo, in string order, and draws the splits.
 *
 * @param opened The photos; a label is a position in `names`, and a split that is to be drawn is `train` so far.
 * @param config The shares to hold out, and the seed where a split is drawn.
 */
export function completeRecords(
  opened: ImageRecords,
  names: readonly string[],
  config: IndexConfig,
): { records: ImageRecords; classNames: string[] } {
  const used = new Set(Array(opened.length).keys().map((r) => opened.label(r)));
  const classNames = buildClassIndex(names.filter((_, i) => used.has(i)));
  const labelOf = new Map(classNames.map((name, label) => [name, label]));
  const records = opened.relabel((label) => labelOf.get(names[label]!)!);
  if (!("seed" in config)) return { records, classNames };
  const isDrawn = (row: number) => records.split(row) === "train";
  const { seed } = config;
  const splitOf = drawSplits(records, { holdOut: config, seed, isDrawn });
  // The split of a row depends on that of no other.
  for (let row = 0; row < records.length; row++) {
    records.setSplit(row, splitOf(row));
  }
  return { records, classNames };
}
