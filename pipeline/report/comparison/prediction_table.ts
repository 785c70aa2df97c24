/**
 * Predictions by the million: in columns, some 70 bytes each beside the path.
 */

import { decodeHex, encodeHex } from "@std/encoding/hex";
import { NumberColumn, TextColumn } from "../../dataset/columns.ts";
import { DIGEST_BYTES } from "../../dataset/digest_table.ts";
import type { Prediction } from "../../metrics/prediction.ts";

/** Predictions of a run for the photos of a split, numbered from 0 in the order of their arrival. */
export class PredictionTable {
  /** Class names by label. */
  readonly classNames: readonly string[];
  readonly #labels: Map<string, number>;
  readonly #paths = new TextColumn();
  readonly #digests = new NumberColumn(Uint8Array);
  readonly #records = new NumberColumn(Int32Array);
  readonly #truths = new NumberColumn(Int32Array);
  readonly #predicted = new NumberColumn(Int32Array);
  readonly #probabilities = new NumberColumn(Float64Array);
  readonly #losses = new NumberColumn(Float64Array);
  readonly #inTop5 = new NumberColumn(Uint8Array);

  /** Makes an empty table. */
  constructor(classNames: readonly string[]) {
    this.classNames = classNames;
    this.#labels = new Map(classNames.map((name, label) => [name, label]));
  }

  get length(): number {
    return this.#truths.length;
  }

  #labelOf(name: string): number {
    const label = this.#labels.get(name);
    if (label === undefined) {
      throw new RangeError(
        `Cannot use the prediction of a class as it must be one of the run: current value is "${name}"`,
      );
    }
    return label;
  }

  /**
   * Adds a prediction at the end.
   *
   * @throws {RangeError} If a class is not one of the run.
   */
  push(prediction: Prediction): void {
    const { top5 } = prediction;
    const [best] = top5;
    const truth = this.#labelOf(prediction.true);
    const predicted = this.#labelOf(best!.class);
    this.#paths.push(prediction.path);
    this.#digests.append(decodeHex(prediction.digest));
    this.#records.push(prediction.record);
    this.#truths.push(truth);
    this.#predicted.push(predicted);
    this.#probabilities.push(best!.probability);
    this.#losses.push(prediction.loss);
    this.#inTop5.push(+top5.some((one) => one.class === prediction.true));
  }

  path(row: number): string {
    return this.#paths.at(row);
  }

  /** Returns the digest of a photo, U8 `[32]`, without a copy. */
  digest(row: number): Uint8Array {
    const start = row * DIGEST_BYTES;
    return this.#digests.slice(start, start + DIGEST_BYTES);
  }

  /** Returns the digest of a photo in hex. */
  hexDigest(row: number): string {
    return encodeHex(this.digest(row));
  }

  /** Returns the row of a photo in the dataset index of the run. */
  record(row: number): number {
    return this.#records.at(row);
  }

  /** Returns the true label of a photo. */
  truth(row: number): number {
    return this.#truths.at(row);
  }

  /** Returns the likeliest label of a photo. */
  predicted(row: number): number {
    return this.#predicted.at(row);
  }

  /** Returns the probability of the likeliest label. */
  probability(row: number): number {
    return this.#probabilities.at(row);
  }

  /** Returns the cross-entropy of the true label, in nats. */
  loss(row: number): number {
    return this.#losses.at(row);
  }

  /** Returns 1 if the true label is the likeliest, else 0. */
  isRight(row: number): number {
    return +(this.truth(row) === this.predicted(row));
  }

  /** Returns 1 if the true label is among the five likeliest, else 0. */
  isInTop5(row: number): number {
    return this.#inTop5.at(row);
  }
}
