/**
 * Which photos are the same file, and which photo of each image is compared.
 */

import { NumberColumn } from "../dataset/columns.ts";
import { DigestTable } from "../dataset/digest_table.ts";
import type { ImageRecords } from "../dataset/image_records.ts";
import { permutation, STREAMS, uniformNumbers } from "../numeric/random.ts";

/** Samples by their bytes. */
export interface Images {
  /** Number of the image that each sample is a copy of, I32 `[count]`. */
  images: Int32Array;
  /** First sample of each image, I32 `[images]`, rising. */
  firsts: Int32Array;
}

/**
 * Groups photos of the same bytes, by their digests.
 *
 * @param samples Row of each sample in the dataset index, I32 `[count]`.
 * @returns The images, numbered from 0 in the order of their first samples.
 */
export function groupByDigest(
  samples: Int32Array,
  records: ImageRecords,
): Images {
  const table = new DigestTable();
  const firsts = new NumberColumn(Int32Array);
  const images = new Int32Array(samples.length);
  for (let sample = 0; sample < samples.length; sample++) {
    const image = table.add(records.digest(samples[sample]!));
    if (image === firsts.length) firsts.push(sample);
    images[sample] = image;
  }
  return { images, firsts: firsts.slice(0, firsts.length) };
}

/**
 * Chooses the samples that all are compared with: one of each image, so that copies
 * do not hide each other; a part of them if they are too many.
 *
 * Two near-copies are found if one of them is chosen, and those across splits count
 * most, of which at least one is held out. So up to half of the chosen ones are held
 * out: if no more photos are, all near-copies across splits are found. The others
 * are drawn from the rest, so that no class is without neighbours that splits other
 * than train lack.
 *
 * @param firsts First sample of each image, rising.
 */
export function chooseReferences(
  firsts: Int32Array,
  limit: number,
  isHeldOut: (sample: number) => boolean,
): Int32Array {
  if (firsts.length <= limit) return firsts;
  const uniform = uniformNumbers(0, STREAMS.references);
  const drawn = permutation(firsts.length, uniform).map((i) => firsts[i]!);
  const heldOut = drawn.filter(isHeldOut).subarray(0, Math.floor(limit / 2));
  const isChosen = new Set(heldOut);
  const others = drawn.filter((sample) => !isChosen.has(sample));
  const chosen = new Int32Array(limit);
  chosen.set(heldOut);
  chosen.set(others.subarray(0, limit - heldOut.length), heldOut.length);
  return chosen.sort();
}

/**
 * Chooses the samples outside train that are no references, if all are compared with
 * a part of them: near-copies of these are looked for by sketches.
 *
 * @param firsts First sample of each image, rising.
 * @param limit Most that are chosen; with more they are drawn.
 */
export function chooseSketched(
  firsts: Int32Array,
  references: Int32Array,
  limit: number,
  isHeldOut: (sample: number) => boolean,
): Int32Array {
  const isReference = new Set(references);
  const others = firsts.filter((sample) =>
    isHeldOut(sample) && !isReference.has(sample)
  );
  if (others.length <= limit) return others;
  const uniform = uniformNumbers(0, STREAMS.sketches);
  const drawn = permutation(others.length, uniform).subarray(0, limit);
  return drawn.map((i) => others[i]!).sort();
}

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
