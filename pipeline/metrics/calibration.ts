/**
 * Calibration: whether a probability means what it says.
 *
 * @module
 */

import { checkLabels } from "./logits.ts";
import { crossEntropy, softmax } from "./loss.ts";

/** Number of bins of {@linkcode expectedCalibrationError}, as in Guo et al. 2017. */
export const CALIBRATION_BINS = 15;

/** How far probabilities are from the truth. */
export interface CalibrationScores {
  /** Expected calibration error, in `[0, 1]`. */
  ece: number;
  /** Brier score over all classes, in `[0, 2]`. */
  brier: number;
  /** Mean cross-entropy, in nats. */
  loss: number;
}

/**
 * Computes the expected calibration error: by how much confidence and accuracy
 * differ in bins of equal width, each bin counting by its samples.
 *
 * Bin m of M holds confidences in `(m / M, (m + 1) / M]`; an empty bin counts
 * nothing.
 *
 * Source: Guo et al. 2017, equation 3, https://arxiv.org/abs/1706.04599.
 *
 * @example Usage
 * ```ts
 * const confidences = Float64Array.of(0.75, 0.75, 1);
 * expectedCalibrationError(confidences, Uint8Array.of(1, 0, 1)); // 0.5 / 3
 * ```
 *
 * @param confidences Probability of the predicted class of each sample, f64 `[N]`, in `(0, 1]`.
 * @param hits 1 for a sample predicted right, 0 for another, u8 `[N]`.
 * @returns The error, in `[0, 1]`.
 */
export function expectedCalibrationError(
  confidences: Float64Array,
  hits: Uint8Array,
): number {
  // Samples of a bin are its confidence minus its accuracy, both times their number.
  const excesses = new Float64Array(CALIBRATION_BINS);
  for (let i = 0; i < hits.length; i++) {
    const confidence = confidences[i]!;
    const bin = Math.max(0, Math.ceil(confidence * CALIBRATION_BINS) - 1);
    excesses[bin]! += confidence - hits[i]!;
  }
  return excesses.reduce((sum, x) => sum + Math.abs(x), 0) / hits.length;
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
 * @param options The true and the predicted labels, the classes, and what the logits are divided by.
 * @returns The scores.
 * @throws {RangeError} If the logits are not finite rows of C, or the labels do not fit.
 */
export function measureCalibration(
  logits: Float32Array,
  options: {
    /** The true label of each sample, i32 `[N]`. */
    labels: Int32Array;
    /** The label of the largest logit of each sample, i32 `[N]`. */
    predictions: Int32Array;
    /** Number C of classes. */
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
  return {
    ece: expectedCalibrationError(confidences, hits),
    brier: brierScore(probabilities, labels, classCount),
    loss: crossEntropy(logits, labels, classCount, temperature),
  };
}
