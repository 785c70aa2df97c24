/**
 * Confident learning: labels that a classifier contradicts which was not trained on them.
 *
 * A class is believed of a photo where its probability is at least what photos of
 * that class have on average: the threshold makes up for classes that the
 * classifier is too sure or too unsure of. A label is suspected where the likeliest
 * of the believed classes is another one.
 *
 * Source: Northcutt, Jiang and Chuang 2021, Confident Learning: Estimating
 * Uncertainty in Dataset Labels, equations 1 and 2, and pruning by the off-diagonals
 * of the confident joint (section 3.2, method 2), https://arxiv.org/abs/1911.00068.
 */

/** How sure a classifier is of the photos of each class. */
export class ClassConfidence {
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  constructor(classCount: number) {
    this.#sums = new Float64Array(classCount);
    this.#counts = new Float64Array(classCount);
  }

  /**
   * Adds photos.
   *
   * @param probabilities F64 `[n, C]`.
   * @param labels I32 `[n]`.
   */
  add(probabilities: Float64Array, labels: Int32Array): void {
    const classCount = this.#sums.length;
    labels.forEach((label, i) => {
      this.#sums[label]! += probabilities[i * classCount + label]!;
      this.#counts[label]!++;
    });
  }

  /**
   * Counts photos.
   *
   * @returns Those of each class, F64 `[C]`.
   */
  counts(): Float64Array {
    return this.#counts;
  }

  /**
   * Computes the threshold of each class: its mean probability in its own photos.
   *
   * @returns F64 `[C]`; 1 for a class without photos.
   */
  thresholds(): Float64Array {
    return this.#sums.map((sum, label) => {
      const count = this.#counts[label]!;
      return count === 0 ? 1 : sum / count;
    });
  }
}

/**
 * Says which other label a photo looks like.
 *
 * @example Usage
 * ```ts
 * suspectLabel(Float64Array.of(0.25, 0.75), 0, Float64Array.of(0.7, 0.7));
 * // 1
 * ```
 *
 * @param probabilities Probabilities of a photo that was left out, F64 `[C]`.
 * @param thresholds Threshold of each class, F64 `[C]`.
 * @param maySuggest Whether a class may be suggested; any, if not given. The threshold of a class of a few photos is so low that most others pass it.
 * @returns The other label; `undefined` if its own is not suspected.
 */
export function suspectLabel(
  probabilities: Float64Array,
  label: number,
  thresholds: Float64Array,
  maySuggest: (label: number) => boolean = () => true,
): number | undefined {
  let suggested = label;
  let believed = -1;
  for (let c = 0; c < probabilities.length; c++) {
    const probability = probabilities[c]!;
    if (probability < thresholds[c]! || probability <= believed) continue;
    if (c !== label && !maySuggest(c)) continue;
    believed = probability;
    suggested = c;
  }
  return suggested === label ? undefined : suggested;
}
