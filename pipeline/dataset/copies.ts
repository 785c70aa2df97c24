/**
 * Photos of the same bytes that should not be: in two splits, or under two labels.
 */

import { NumberColumn } from "./columns.ts";
import { DigestTable } from "./digest_table.ts";
import type { ImageRecords } from "./image_records.ts";

/** Pairs of copies that are named before the rest is counted. */
const SHOWN_COPIES = 3;

/** Images whose copies differ in something. */
interface Copies {
  count: number;
  /** Some of them, by path. */
  pairs: string[];
}

/** Says how many copies there are, and names some; nothing if there are none. */
function describeCopies(
  { count, pairs }: Copies,
  where: string,
  advice: string,
): string[] {
  if (count === 0) return [];
  const some = 2 * pairs.length < count ? ", such as" : ":";
  return [
    `${count} images are copies of images ${where}${some} ${
      pairs.join(", ")
    }; ${advice}`,
  ];
}

/** Bits of what is known of the copies of an image. */
const ACROSS_SPLITS = 1;
const ACROSS_LABELS = 2;

/** How copies differ. */
type Difference = typeof ACROSS_SPLITS | typeof ACROSS_LABELS;

/** Finds images whose copies are in another split, or under another label. */
function findCopies(records: ImageRecords): Record<Difference, Copies> {
  const table = new DigestTable();
  /** By image: the row of its first copy, how many there are, how they differ. */
  const firsts = new NumberColumn(Int32Array);
  const copies = new Int32Array(records.length);
  const differences = new Uint8Array(records.length);
  const pairs: Record<Difference, string[]> = {
    [ACROSS_SPLITS]: [],
    [ACROSS_LABELS]: [],
  };
  for (let row = 0; row < records.length; row++) {
    const image = table.add(records.digest(row));
    if (image === firsts.length) firsts.push(row);
    const first = firsts.at(image);
    copies[image]!++;
    const differ = (difference: Difference) => {
      differences[image]! |= difference;
      if (pairs[difference].length === SHOWN_COPIES) return;
      const paths = [first, row].map((one) => `"${records.path(one)}"`);
      pairs[difference].push(paths.join(" and "));
    };
    if (records.split(row) !== records.split(first)) differ(ACROSS_SPLITS);
    if (records.label(row) !== records.label(first)) differ(ACROSS_LABELS);
  }
  const copiesThat = (difference: Difference): Copies => ({
    count: copies.reduce(
      (sum, n, image) => differences[image]! & difference ? sum + n : sum,
      0,
    ),
    pairs: pairs[difference],
  });
  return {
    [ACROSS_SPLITS]: copiesThat(ACROSS_SPLITS),
    [ACROSS_LABELS]: copiesThat(ACROSS_LABELS),
  };
}

/**
 * Says which images are copies that make results doubtful.
 *
 * @returns Sentences with counts and some paths; none if there are no such copies.
 */
export function warnOfCopies(records: ImageRecords): string[] {
  const copies = findCopies(records);
  return [
    ...describeCopies(
      copies[ACROSS_SPLITS],
      "in another split",
      "results on held-out images will look better than they are",
    ),
    ...describeCopies(
      copies[ACROSS_LABELS],
      "under another label",
      "at least one of the labels is wrong",
    ),
  ];
}
