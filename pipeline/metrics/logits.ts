/**
 * What every metric asks of its input, checked in one place.
 *
 * @module
 */

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
