/**
 * Drawing splits: which images of each class are held out.
 *
 * Every class gives exactly its share, rounded. Images of a class stand in the
 * order of a number that depends on the seed and on their own bytes alone: first
 * those of test, then those of validation, then those to train on. So a photo that
 * is added moves at most one other photo across each of the two bounds, and none of
 * another class. `k` photos of a class move about `0.8 * sqrt(k * p * (1 - p))`
 * across the bound of a share `p`: each is as likely as its share to come before it.
 */

import { streamState } from "../numeric/random.ts";
import { NumberColumn } from "./columns.ts";
import { DigestTable } from "./digest_table.ts";
import type { ImageRecords } from "./image_records.ts";
import { type HoldOut, type Split, SPLITS } from "./split.ts";

/** Numbers of the splits in a column. */
const [TRAIN, VALIDATION, TEST] = SPLITS.keys() as unknown as [0, 1, 2];

/** An image whose split is not drawn yet. */
const OPEN = 3;

/** Position of an image among those of its class: 48 bits of its digest, mixed with the seed. */
function positionOf(digest: Uint8Array, seed: number): number {
  const { buffer, byteOffset } = digest;
  const view = new DataView(buffer, byteOffset, 12);
  const [a, b, c] = [0, 4, 8].map((offset) => view.getInt32(offset));
  const high = streamState(seed, a!, b!) >>> 0;
  return high * 2 ** 16 + (streamState(seed, b!, c!) >>> 16);
}

/** How many of `count` images each split gets; at least one is left to train on. */
function quotas(count: number, { validation, test }: HoldOut): number[] {
  const most = Math.max(0, count - 1);
  const held = Math.min(Math.round(count * (validation + test)), most);
  const tested = Math.min(Math.round(count * test), held);
  const left: number[] = [];
  left[TEST] = tested;
  left[VALIDATION] = held - tested;
  left[TRAIN] = count - held;
  return left;
}

export interface DrawOptions {
  /** The shares to hold out. */
  holdOut: HoldOut;
  /** Seed of the draw. */
  seed: number;
  /** Whether the split of a row is drawn; that of the others stays. */
  isDrawn: (row: number) => boolean;
}

/**
 * Draws the split of images.
 *
 * Copies of an image stay together, in one class or in several, so a class of
 * copies may give a few images more or less than its share.
 *
 * @param records The images; what their split is now counts only where it is not drawn.
 */
export function drawSplits(
  records: ImageRecords,
  { holdOut, seed, isDrawn }: DrawOptions,
): (row: number) => Split {
  const table = new DigestTable();
  const images = new NumberColumn(Int32Array);
  const byLabel = new Map<number, number[]>();
  const positions = new Float64Array(records.length);
  for (let row = 0; row < records.length; row++) {
    images.push(table.add(records.digest(row)));
    if (!isDrawn(row)) continue;
    positions[row] = positionOf(records.digest(row), seed);
    const rows = byLabel.get(records.label(row));
    if (rows) rows.push(row);
    else byLabel.set(records.label(row), [row]);
  }
  const drawn = new Uint8Array(table.size).fill(OPEN);
  for (const label of [...byLabel.keys()].sort((a, b) => a - b)) {
    const rows = byLabel.get(label)!;
    const left = quotas(rows.length, holdOut);
    const isOpen = (row: number) => drawn[images.at(row)] === OPEN;
    // Copies in an earlier class have decided already.
    for (const row of rows) if (!isOpen(row)) left[drawn[images.at(row)]!]!--;
    const open = rows.filter(isOpen)
      .sort((a, b) => positions[a]! - positions[b]!);
    for (const row of open) {
      const image = images.at(row);
      if (isOpen(row)) {
        drawn[image] = [TEST, VALIDATION].find((s) => left[s]! > 0) ?? TRAIN;
      }
      left[drawn[image]!]!--;
    }
  }
  return (row) =>
    isDrawn(row) ? SPLITS[drawn[images.at(row)]!]! : records.split(row);
}
