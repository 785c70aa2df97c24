/**
 * Calibration: how well the probabilities of predictions match their accuracy.
 */

import { checkLabels, crossEntropy, softmax } from "./loss.ts";

/** Number of bins of {@linkcode binConfidences}, as in Guo et al. 2017. */
const CALIBRATION_BINS = 15;

/** Samples whose confidences are about the same. */
export interface CalibrationBin {
  /** Number of samples. */
  count: number;
  /** Their mean confidence; `null` without any. */
  confidence: number | null;
  /** Share of them that is predicted right; `null` without any. */
  accuracy: number | null;
}

/** How far probabilities are from the truth. */
export interface CalibrationScores {
  /** Expected calibration error, in `[0, 1]`. */
  ece: number;
  /** Brier score over all classes, in `[0, 2]`. */
  brier: number;
  /** Mean cross-entropy, in nats. */
  loss: number;
  /** Data of the calibration diagram: 15 bins of equal width, the lowest confidences first. */
  bins: CalibrationBin[];
}

/**
 * Sorts samples into bins of equal width by their confidence.
 *
 * Bin m of M holds confidences in `(m / M, (m + 1) / M]`, as those of
 * scikit-learn's `calibration_curve` do.
 *
 * @example Usage
 * ```ts
 * const confidences = Float64Array.of(0.75, 0.75, 1);
 * binConfidences(confidences, Uint8Array.of(1, 0, 1))[11];
 * // { count: 2, confidence: 0.75, accuracy: 0.5 }
 * ```
 *
 * @param confidences Probability of the predicted class of each sample, f64 `[N]`, in `(0, 1]`.
 * @param hits 1 for a sample predicted right, 0 for another, u8 `[N]`.
 * @returns The bins, the lowest confidences first.
 */
export function binConfidences(
  confidences: Float64Array,
  hits: Uint8Array,
): CalibrationBin[] {
  const counts = new Int32Array(CALIBRATION_BINS);
  const sums = new Float64Array(CALIBRATION_BINS);
  const right = new Int32Array(CALIBRATION_BINS);
  for (let i = 0; i < hits.length; i++) {
    const confidence = confidences[i]!;
    const bin = Math.max(0, Math.ceil(confidence * CALIBRATION_BINS) - 1);
    // A sum of exponentials may make a probability of an ulp above 1.
    const own = Math.min(bin, CALIBRATION_BINS - 1);
    counts[own]!++;
    sums[own]! += confidence;
    right[own]! += hits[i]!;
  }
  return Array.from(counts, (count, i) => ({
    count,
    confidence: count === 0 ? null : sums[i]! / count,
    accuracy: count === 0 ? null : right[i]! / count,
  }));
}

/**
 * Computes the expected calibration error: by how much confidence and accuracy
 * differ in bins of equal width, each bin counting by its samples.
 *
 * Source: Guo et al. 2017, equation 3, https://arxiv.org/abs/1706.04599.
 *
 * @param bins The bins, from {@linkcode binConfidences}.
 * @returns The error, in `[0, 1]`.
 */
export function expectedCalibrationError(
  bins: readonly CalibrationBin[],
): number {
  const samples = bins.reduce((sum, { count }) => sum + count, 0);
  const excess = ({ count, confidence, accuracy }: CalibrationBin) =>
    count === 0 ? 0 : count * Math.abs(confidence! - accuracy!);
  return bins.reduce((sum, bin) => sum + excess(bin), 0) / samples;
}

/**
 * Computes the Brier score: squared distance of the probabilities from 1 for the
 * true class and 0 for all others, summed over the classes, the mean of samples.
 *
 * With two classes it is twice the score of scikit-learn, which counts one of
 * them; with more it is the sum of scikit-learn's over each class against the rest.
 *
 * Source: Brier 1950, equation 2, https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2.
 *
 * @example Usage
 * ```ts
 * brierScore(Float64Array.of(0.5, 0.5, 0, 1), Int32Array.of(0, 1), 2); // 0.25
 * ```
 *
 * @param probabilities Probabilities in row-major order, f64 `[N, C]`.
 * @param labels The true label of each sample, i32 `[N]`.
 * @param classCount Number C of classes.
 * @returns The score, in `[0, 2]`.
 * @throws {RangeError} If the labels do not fit.
 */
export function brierScore(
  probabilities: Float64Array,
  labels: Int32Array,
  classCount: number,
): number {
  const samples = probabilities.length / classCount;
  checkLabels(labels, { samples, classCount });
  let sum = 0;
  for (let row = 0; row < samples; row++) {
    for (let label = 0; label < classCount; label++) {
      const truth = labels[row] === label ? 1 : 0;
      sum += (probabilities[row * classCount + label]! - truth) ** 2;
    }
  }
  return sum / samples;
}

/**
 * Computes how well the probabilities of logits are calibrated.
 *
 * @param logits Logits in row-major order, f32 `[N, C]`.
 * @throws {RangeError} If the logits are not finite rows of C, or the labels do not fit.
 */
export function measureCalibration(
  logits: Float32Array,
  options: {
    /** The true label of each sample, i32 `[N]`. */
    labels: Int32Array;
    /** The label of the largest logit of each sample, i32 `[N]`. */
    predictions: Int32Array;
    classCount: number;
    /** The temperature. @default {1} */
    temperature?: number;
  },
): CalibrationScores {
  const { labels, predictions, classCount, temperature = 1 } = options;
  const probabilities = softmax(logits, classCount, temperature);
  const confidences = Float64Array.from(
    predictions,
    (label, row) => probabilities[row * classCount + label]!,
  );
  const hits = Uint8Array.from(
    predictions,
    (label, row) => label === labels[row] ? 1 : 0,
  );
  const bins = binConfidences(confidences, hits);
  return {
    ece: expectedCalibrationError(bins),
    brier: brierScore(probabilities, labels, classCount),
    loss: crossEntropy(logits, labels, classCount, temperature),
    bins,
  };
}
