/** Photos of which only embeddings are there, for tests. */

import { ImageRecords } from "../../pipeline/dataset/image_records.ts";
import type { Split } from "../../pipeline/dataset/split.ts";
import type { FindingsInput } from "../../pipeline/findings/search.ts";
import type { Multiply } from "../../pipeline/numeric/matrices.ts";
import { multiplyHere, sourceOf } from "../findings/support.ts";
import { uniform } from "../support/random.ts";

/** A photo: its embedding, label, and what its bytes are. */
export type Photo = { at: number[]; label: number; bytes: string };

/** Makes the input of the stage from photos by split. */
export function inputOf(
  photos: Partial<Record<Split, Photo[]>>,
  multiply: Multiply = multiplyHere,
): FindingsInput {
  const records = new ImageRecords();
  const sources = Object.entries(photos).map(([split, list]) => {
    const first = records.length;
    for (const { label, bytes } of list) {
      records.push({
        path: `${records.length}.png`,
        sizeBytes: 1,
        digest: bytes.padEnd(64, "0"),
        width: 1,
        height: 1,
        label,
        split: split as Split,
      });
    }
    const labels = list.map(({ label }) => label);
    return sourceOf(list.map(({ at }) => [at]), { labels, first });
  });
  return { sources, records, classNames: ["cat", "dog"], multiply };
}

/** Photos of two classes, each around a direction of its own. */
export function drawPhotos(
  count: number,
  seed: number,
  prefix: string,
  noise = 30,
): Photo[] {
  const numbers = uniform(seed);
  const draw = () => numbers.next().value - 0.5;
  return Array.from({ length: count }, (_, i) => {
    const label = i % 2;
    const at = [2 * (2 * label - 1), ...Array.from({ length: noise }, draw)];
    return { at, label, bytes: `${i.toString(16).padStart(8, "0")}${prefix}` };
  });
}
