/**
 * Softmax and cross-entropy, in float64 from float32 logits.
 *
 * Both subtract the largest logit first, so that no exponential overflows and
 * the largest is exactly 1: `log sum exp x = m + log sum exp (x - m)`.
 *
 * Source: Blanchard, Higham and Higham 2021, Accurately computing the
 * log-sum-exp and softmax functions, https://doi.org/10.1093/imanum/draa038.
 */

/** The largest of some numbers; spreading them into `Math.max` would limit their count. */
function largest(numbers: Float32Array): number {
  let most = -Infinity;
  for (let i = 0; i < numbers.length; i++) most = Math.max(most, numbers[i]!);
  return most;
}

/** Cross-entropy of one sample: log-sum-exp of its logits minus that of its class. */
function rowCrossEntropy(
  scores: Float32Array,
  label: number,
  temperature: number,
): number {
  const shift = largest(scores);
  let sum = 0;
  for (const score of scores) sum += Math.exp((score - shift) / temperature);
  // The large numbers meet first: adding the logarithm to one of them would round it away.
  return (shift - scores[label]!) / temperature + Math.log(sum);
}

/**
 * Turns logits into probabilities.
 *
 * Shapes: `logits` f32 `[N, C]`; returns f64 `[N, C]`, rows adding up to 1.
 *
 * @example Usage
 * ```ts
 * softmax(Float32Array.of(0, 0), 2); // [0.5, 0.5]
 * ```
 *
 * @param logits Logits in row-major order.
 * @param classCount Number C of classes.
 * @returns Probabilities in row-major order.
 * @throws {RangeError} If the logits are not finite rows of C.
 */
export function softmax(
  logits: Float32Array,
  classCount: number,
  temperature = 1,
): Float64Array {
  const samples = countRows(logits, classCount);
  const probabilities = new Float64Array(logits.length);
  for (let row = 0; row < samples; row++) {
    const start = row * classCount;
    const scores = logits.subarray(start, start + classCount);
    const shift = largest(scores);
    const powers = probabilities.subarray(start, start + classCount);
    let sum = 0;
    for (let label = 0; label < classCount; label++) {
      const power = Math.exp((scores[label]! - shift) / temperature);
      powers[label] = power;
      sum += power;
    }
    for (let label = 0; label < classCount; label++) powers[label]! /= sum;
  }
  return probabilities;
}

/**
 * Returns the mean cross-entropy of the true classes.
 *
 * Shapes: `logits` f32 `[N, C]`, `labels` i32 `[N]`.
 * Units: nats a sample.
 *
 * @example Usage
 * ```ts
 * crossEntropy(Float32Array.of(0, 0), Int32Array.of(1), 2); // Math.LN2
 * ```
 *
 * @param logits Logits in row-major order.
 * @param classCount Number C of classes.
 * @returns The mean, 0 or more.
 * @throws {RangeError} If the logits are not finite rows of C, or the labels do not fit.
 */
export function crossEntropy(
  logits: Float32Array,
  labels: Int32Array,
  classCount: number,
  temperature = 1,
): number {
  const samples = countRows(logits, classCount);
  checkLabels(labels, { samples, classCount });
  let sum = 0;
  for (let row = 0; row < samples; row++) {
    const start = row * classCount;
    const scores = logits.subarray(start, start + classCount);
    sum += rowCrossEntropy(scores, labels[row]!, temperature);
  }
  return sum / samples;
}

/**
 * Counts the rows of logits, after checking them.
 *
 * Nothing but finite numbers is let through: every comparison with a
 * NaN is false, so a head that has diverged would still get an accuracy.
 *
 * Shapes: `logits` f32 `[N, C]`.
 *
 * @example Usage
 * ```ts
 * countRows(new Float32Array(6), 3); // 2
 * ```
 *
 * @param logits Logits in row-major order.
 * @param classCount Number C of classes.
 * @returns Number N of rows, at least 1.
 * @throws {RangeError} If C is not a positive integer, the logits are not whole rows or none, or one is not finite.
 */
export function countRows(logits: Float32Array, classCount: number): number {
  if (!Number.isInteger(classCount) || classCount < 1) {
    throw new RangeError(
      `Cannot read logits as the number of classes must be a positive integer: current value is ${classCount}`,
    );
  }
  if (logits.length === 0) {
    throw new RangeError(
      "Cannot compute metrics as there must be at least one sample: there are 0",
    );
  }
  if (logits.length % classCount !== 0) {
    throw new RangeError(
      `Cannot read logits as rows of ${classCount} classes: there are ${logits.length} numbers`,
    );
  }
  const wrong = logits.findIndex((logit) => !Number.isFinite(logit));
  if (wrong >= 0) {
    throw new RangeError(
      `Cannot compute metrics as logits must be finite: row ${
        Math.floor(wrong / classCount)
      } has ${logits[wrong]} for label ${wrong % classCount}`,
    );
  }
  return logits.length / classCount;
}

/**
 * Throws unless there is one label a sample and each is the label of a class.
 *
 * @param labels Labels, i32 `[N]`: the true ones or predictions.
 * @throws {RangeError} If there are more or fewer labels than samples, or one is not in `[0, C)`.
 */
export function checkLabels(
  labels: Int32Array,
  options: {
    samples: number;
    classCount: number;
  },
): void {
  const { samples, classCount } = options;
  if (labels.length !== samples) {
    throw new RangeError(
      `Cannot compute metrics as there must be one label for each of ${samples} samples: there are ${labels.length}`,
    );
  }
  const wrong = labels.findIndex((label) => label < 0 || label >= classCount);
  if (wrong >= 0) {
    throw new RangeError(
      `Cannot compute metrics as labels must be in [0, ${classCount}): row ${wrong} has ${
        labels[wrong]
      }`,
    );
  }
}
