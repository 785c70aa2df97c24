/**
 * Pairs of photos that look the same: re-encoded, scaled, cropped a little, or
 * mirrored copies.
 *
 * The threshold was chosen by measurement with the embedded backbone: copies of 210
 * photos of flowers and of the 150 embedded pictures, against all pairs of
 * originals, of which the closest have 0.81 and 0.87. None of 33,000 pairs of originals
 * is above 0.9; this share of the copies is:
 *
 * | copy                   | flowers | pictures of 96 pixels |
 * | ---------------------- | ------- | --------------------- |
 * | JPEG at quality 50     | 1.00    | 0.95                  |
 * | JPEG at quality 20     | 1.00    | 0.65                  |
 * | twice the size         | 1.00    | 0.99                  |
 * | half the size          | 0.99    | 0.53                  |
 * | 2 %, 5 %, 10 % cropped | 0.97, 0.94, 0.81 | 0.99, 0.97, 0.79 |
 * | mirrored               | 1.00    | 1.00                  |
 * | 15 % brighter          | 1.00    | 0.98                  |
 * | without colour         | 0.02    | 0.03                  |
 *
 * With one view in place of the mean of both, 0.66 and 0.56 of the mirrored ones
 * are found, and of the others up to 0.07 more. Where vectors keep what all photos
 * share, unlike ones reach 0.92.
 *
 * Where all photos are much alike, 0.9 is no copy: 1,374 of 3,000 photos of
 * Fashion-MNIST (28 pixels, grey) have such a neighbour, and 6,918 pairs are so
 * near. So a pair must also be five times nearer than the last neighbour that is
 * kept, or have 0.98. That leaves 47 pairs and finds of 50 copies each 0.98 of the
 * mirrored (1.00 without), 0.68 of the brighter (0.90), and hardly one of quality
 * 50 (0.34); in the flowers and the pictures of the table it changes nothing.
 *
 * In a burst of photos the last neighbour may be one of the burst. So it counts as
 * no nearer than that of four fifths of all photos. Where bursts are more than a
 * fifth of them, they look like photos that are all much alike.
 */

/** Cosine that two photos which look the same have at least. */
export const LEAST_COSINE = 0.9;

/** Cosine from which on they look the same, however near others are. */
const SURE_COSINE = 0.98;

/** How far they are apart at most, in distances to the last neighbour that is kept; a distance is 1 less the cosine. */
const SHARE = 0.2;

/** Share of the photos whose last neighbour is no nearer than is common. */
const COMMON = 0.8;

/**
 * Finds how near the last neighbour is that photos of a data set commonly have.
 *
 * @param last Cosine of the last neighbour of each that is kept, F32 `[n]`; -1 where it has none. It is sorted.
 * @returns A cosine that four fifths of them do not exceed.
 */
export function commonCosine(last: Float32Array): number {
  return last.sort()[Math.ceil(COMMON * last.length) - 1] ?? -1;
}

/**
 * Counts the neighbours of a photo that look the same.
 *
 * @param cosines Cosines of its nearest, in falling order, F32 `[k]`.
 * @param common What {@linkcode commonCosine} returns for all.
 * @returns How many of the first of them do.
 */
export function countLookAlikes(cosines: Float32Array, common: number): number {
  const last = Math.min(cosines.at(-1) ?? -1, common);
  const far = 1 - SHARE * (1 - last);
  const least = Math.min(SURE_COSINE, Math.max(LEAST_COSINE, far));
  const end = cosines.findIndex((cosine) => cosine < least);
  return end < 0 ? cosines.length : end;
}

/** A pair that looks the same. */
export interface LookAlikes {
  a: number;
  /** Number of the other, which is larger. */
  b: number;
  cosine: number;
  acrossSplits: boolean;
}

/** The nearest of each sample, if it looks the same. */
class Closest {
  readonly #others: Int32Array;
  readonly #cosines: Float32Array;

  constructor(count: number) {
    this.#others = new Int32Array(count).fill(-1);
    this.#cosines = new Float32Array(count);
  }

  /** Takes the first that is offered: they come the nearest first. */
  offer(sample: number, other: number, cosine: number): void {
    if (this.#others[sample] !== -1) return;
    this.#others[sample] = other;
    this.#cosines[sample] = cosine;
  }

  /** The pairs; one that both sides name comes once. */
  *pairs(acrossSplits: boolean): Generator<LookAlikes> {
    for (let sample = 0; sample < this.#others.length; sample++) {
      const other = this.#others[sample]!;
      const isTold = other < sample && this.#others[other] === sample;
      if (other === -1 || isTold) continue;
      yield {
        a: Math.min(sample, other),
        b: Math.max(sample, other),
        cosine: this.#cosines[sample]!,
        acrossSplits,
      };
    }
  }
}

/**
 * Collects pairs that look the same: of each sample the nearest in another split,
 * and the nearest in its own. So a burst of photos does not fill the list with all
 * its pairs, and takes 16 bytes a photo. A pair across splits stays hidden only
 * where both sides have nearer ones in their own for all neighbours that are kept.
 */
export class NearCopies {
  readonly #across: Closest;
  readonly #within: Closest;
  readonly #splits: Uint8Array;

  /**
   * Starts with no pairs.
   *
   * @param splits Number of the split of each sample, U8 `[count]`.
   */
  constructor(splits: Uint8Array) {
    this.#splits = splits;
    this.#across = new Closest(splits.length);
    this.#within = new Closest(splits.length);
  }

  /**
   * Adds a sample.
   *
   * @param others Numbers of the neighbours that look the same, the nearest first.
   */
  add(sample: number, others: Int32Array, cosines: Float32Array): void {
    for (let i = 0; i < others.length; i++) {
      const isAcross = this.#splits[sample] !== this.#splits[others[i]!];
      const closest = isAcross ? this.#across : this.#within;
      closest.offer(sample, others[i]!, cosines[i]!);
    }
  }

  /**
   * Lists the pairs.
   *
   * @returns First those across splits, then those within one.
   */
  *pairs(): Generator<LookAlikes> {
    yield* this.#across.pairs(true);
    yield* this.#within.pairs(false);
  }
}
