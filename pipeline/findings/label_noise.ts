/**
 * How many labels are wrong, how probable that is of each, and so how long a list of
 * suspected labels may be.
 *
 * The model has two numbers. A photo shows a class with the probability that the
 * classifier gives it, raised to a power that makes up for one too sure or too unsure;
 * and some share of the labels is any other class in its place. Both are those under
 * which the labels are most likely. A classifier that is often mistaken is told from
 * labels that are by this: it is unsure where it is mistaken.
 *
 * With labels flipped on purpose and the embedded backbone, the share that is found is
 * that which was flipped: docs/findings.md has the figures.
 *
 * Source: Angluin and Laird 1988, Learning From Noisy Examples; the power is the
 * inverse of a temperature as in Guo et al. 2017, https://arxiv.org/abs/1706.04599.
 */

/** Most probabilities that the model is fitted on: 8 MiB, and less than a second. */
const FITTED_NUMBERS = 1 << 20;

/** Most photos that the model is fitted on. */
const FITTED_PHOTOS = 20_000;

/** Powers that are tried. */
const POWERS = Array.from({ length: 22 }, (_, i) => 0.4 * 1.15 ** i);

/**
 * Labels of which one is taken to be wrong before any is looked at, so that a few
 * photos are not taken to be labelled without fault: 3.3 % are, on average of ten test
 * sets.
 *
 * Source: Northcutt, Athalye and Mueller 2021, Pervasive Label Errors in Test Sets
 * Destabilize Machine Learning Benchmarks, https://arxiv.org/abs/2103.14749.
 */
const BEFORE = 30;

/** Factor between the shares of wrong labels that are tried, up to one half. */
const SHARE_STEP = 1.35;

/** Least share of a list that must be wrong: of three photos that are looked at, one. */
const LEAST_PRECISION = 1 / 3;

/** The model. */
export interface LabelNoise {
  /** Share of the labels that is wrong. */
  share: number;
  /** Power of the probabilities. */
  power: number;
}

/** Probability of a class after all are raised to a power. */
function raised(
  probabilities: Float64Array,
  label: number,
  power: number,
): number {
  let sum = 0;
  for (const probability of probabilities) sum += probability ** power;
  return probabilities[label]! ** power / sum;
}

/** Probabilities that the label is given to a photo of its class, and to one of another. */
function jointly(right: number, share: number, classCount: number) {
  return [(1 - share) * right, share / (classCount - 1) * (1 - right)] as const;
}

/** Fits the model on probabilities of photos that were left out. */
export class NoiseFit {
  readonly #classCount: number;
  readonly #stride: number;
  readonly #rows: { probabilities: Float64Array; label: number }[] = [];
  #seen = 0;

  /**
   * Prepares a fit.
   *
   * @param count Photos that will be added; of many every other one is used, or every tenth.
   * @param classCount Classes, at least two.
   */
  constructor(count: number, classCount: number) {
    const most = Math.min(FITTED_PHOTOS, FITTED_NUMBERS / classCount);
    this.#stride = Math.ceil(count / most);
    this.#classCount = classCount;
  }

  /** Adds a photo: its probabilities, F64 `[C]`, which are copied, and its label. */
  add(probabilities: Float64Array, label: number): void {
    if (this.#seen++ % this.#stride > 0) return;
    this.#rows.push({ probabilities: probabilities.slice(), label });
  }

  /** Finds the numbers under which the labels are most likely. */
  fit(): LabelNoise {
    const rows = this.#rows;
    const shares: number[] = [];
    for (let s = 0.5 / rows.length; s <= 0.5; s *= SHARE_STEP) shares.push(s);
    let best = { share: 0, power: 1 };
    let highest = -Infinity;
    for (const power of POWERS) {
      const own = rows.map(({ probabilities, label }) =>
        raised(probabilities, label, power)
      );
      for (const share of shares) {
        let likelihood = Math.log(share) + BEFORE * Math.log(1 - share);
        for (const right of own) {
          const [as, other] = jointly(right, share, this.#classCount);
          likelihood += Math.log(as + other);
        }
        if (likelihood > highest) {
          [best, highest] = [{ share, power }, likelihood];
        }
      }
    }
    return best;
  }
}

/**
 * Computes the probability that a label is wrong.
 *
 * @example Usage
 * ```ts
 * const probabilities = Float64Array.of(0.01, 0.99);
 * wrongProbability(probabilities, 0, { share: 0.01, power: 1 }); // 0.5
 * ```
 *
 * @param probabilities Probabilities of a photo that was left out, F64 `[C]`, of two classes or more.
 */
export function wrongProbability(
  probabilities: Float64Array,
  label: number,
  { share, power }: LabelNoise,
): number {
  const right = raised(probabilities, label, power);
  const [as, other] = jointly(right, share, probabilities.length);
  return other === 0 ? 0 : other / (as + other);
}

/**
 * Cuts a list of suspicions where less than a third of it would be wrong.
 *
 * @example Usage
 * ```ts
 * worthALook([{ wrong: 0 }, { wrong: 0.5 }, { wrong: 0.75 }]);
 * // [{ wrong: 0.75, precision: 0.75 }, { wrong: 0.5, precision: 0.625 }, { wrong: 0, precision: 0.416… }]
 * ```
 *
 * @param suspicions Suspicions with the probability that the label is wrong, in any order.
 * @returns The strongest, the strongest first, each with the expected share of wrong ones in the list down to it.
 */
export function worthALook<T extends { wrong: number }>(
  suspicions: readonly T[],
): (T & { precision: number })[] {
  let sum = 0;
  return suspicions.toSorted((a, b) => b.wrong - a.wrong)
    .map((suspicion, i) => {
      sum += suspicion.wrong;
      return { ...suspicion, precision: sum / (i + 1) };
    })
    // A mean of falling numbers falls.
    .filter(({ precision }) => precision >= LEAST_PRECISION);
}
