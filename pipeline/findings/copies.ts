/**
 * Photos of the same bytes.
 *
 * @module
 */

import type { Images } from "./images.ts";

/** Copies of one image. */
export interface CopyGroup {
  /** Their numbers, rising; two or more. */
  samples: number[];
  acrossSplits: boolean;
  acrossClasses: boolean;
}

/**
 * Lists copies.
 *
 * @returns The groups, in the order of their first samples.
 */
export function* listCopies(
  { images, firsts }: Images,
  of: { splits: Uint8Array; labels: Int32Array },
): Generator<CopyGroup> {
  if (firsts.length === images.length) return;
  const groups = new Map<number, number[]>();
  images.forEach((image, sample) => {
    const first = firsts[image]!;
    if (first === sample) return;
    const group = groups.get(image) ?? [first];
    groups.set(image, group);
    group.push(sample);
  });
  for (const [, samples] of [...groups].sort(([a], [b]) => a - b)) {
    const differ = (values: ArrayLike<number>) =>
      samples.some((sample) => values[sample] !== values[samples[0]!]);
    yield {
      samples,
      acrossSplits: differ(of.splits),
      acrossClasses: differ(of.labels),
    };
  }
}
