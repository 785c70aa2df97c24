/**
 * All samples of a dataset as vectors, whatever their split.
 *
 * @module
 */

import type { EmbeddingSource } from "../head/embeddings_source.ts";

/** Some samples as unit vectors. */
export interface VectorBlock {
  /** Unit vectors, F32 `[n, size]`; zeros where an embedding is the mean of all. */
  units: Float32Array;
  /** Their lengths before, F32 `[n]`. */
  lengths: Float32Array;
}

/**
 * Samples, numbered from 0: split after split, each as its embeddings have it.
 *
 * The vector of a sample is the mean of its views, less what all samples share:
 * the mean of their plain views and, where there is another view, what it adds to
 * the plain one on average. With both views of a training photo in its vector, a
 * mirrored copy is as close to it as a plain one; without what all photos share,
 * cosines spread out: see `near_copies.ts` for the figures.
 *
 * What they share is not the same for one view and for two. In 170 photos of one
 * scene, with one mean for both, validation photos looked the same as each other
 * (32 pairs that are no copies) and none of 10 copies across splits had its original
 * among its 16 nearest; now no pair does, and 7 have.
 */
export class Samples {
  /** Number of samples. */
  readonly count: number;
  /** Length of a vector. */
  readonly size: number;
  /** Label of each, I32 `[count]`. */
  readonly labels: Int32Array;
  /** Row of each in the dataset index, I32 `[count]`. */
  readonly records: Int32Array;
  readonly #sources: readonly EmbeddingSource[];
  /** What vectors of one view share, and those of more, F64 `[size]` each. */
  readonly #shared: { one: Float64Array; more: Float64Array };

  /**
   * Collects samples, and reads all embeddings once.
   *
   * @param sources Embeddings of each split that has any, at least one, in the order of the splits.
   */
  constructor(sources: readonly EmbeddingSource[]) {
    this.#sources = sources;
    this.size = sources[0]!.size;
    this.count = sources.reduce((sum, { count }) => sum + count, 0);
    this.labels = new Int32Array(this.count);
    this.records = new Int32Array(this.count);
    let start = 0;
    for (const source of sources) {
      this.labels.set(source.labels, start);
      for (let row = 0; row < source.count; row++) {
        this.records[start + row] = source.record(row);
      }
      start += source.count;
    }
    this.#shared = this.#findShared();
  }

  /** Averages plain views, and what other views add to them. */
  #findShared(): { one: Float64Array; more: Float64Array } {
    const { size } = this;
    const plain = new Float64Array(size);
    const added = new Float64Array(size);
    const vector = new Float32Array(size);
    let several = 0;
    for (const source of this.#sources) {
      if (source.views > 1) several += source.count;
      for (let row = 0; row < source.count; row++) {
        const first = source.row(row, 0);
        for (let i = 0; i < size; i++) plain[i]! += first[i]!;
        if (source.views === 1) continue;
        for (let i = 0; i < size; i++) added[i]! -= first[i]!;
        this.#readMean(source, row, vector);
        for (let i = 0; i < size; i++) added[i]! += vector[i]!;
      }
    }
    const one = plain.map((sum) => sum / this.count);
    const more = one.map((mean, i) => mean + added[i]! / Math.max(1, several));
    return { one, more };
  }

  /** Reads the mean of the views of a sample; a view is good until the next is read. */
  #readMean(source: EmbeddingSource, row: number, to: Float32Array): void {
    to.set(source.row(row, 0));
    for (let view = 1; view < source.views; view++) {
      const other = source.row(row, view);
      for (let i = 0; i < to.length; i++) to[i]! += other[i]!;
    }
    if (source.views === 1) return;
    for (let i = 0; i < to.length; i++) to[i]! /= source.views;
  }

  /** The split that holds a sample, and its row there. */
  #locate(sample: number): [EmbeddingSource, number] {
    let row = sample;
    for (const source of this.#sources) {
      if (row < source.count) return [source, row];
      row -= source.count;
    }
    throw new RangeError(
      `Cannot read sample ${sample} as there are only so many: ${this.count}`,
    );
  }

  /**
   * Reads the vectors of some samples.
   *
   * @param samples Their numbers.
   * @returns The vectors, in that order.
   */
  read(samples: Int32Array): VectorBlock {
    const { size } = this;
    const units = new Float32Array(samples.length * size);
    const lengths = new Float32Array(samples.length);
    for (let i = 0; i < samples.length; i++) {
      const unit = units.subarray(i * size, (i + 1) * size);
      const [source, row] = this.#locate(samples[i]!);
      this.#readMean(source, row, unit);
      const shared = source.views > 1 ? this.#shared.more : this.#shared.one;
      let squares = 0;
      for (let j = 0; j < size; j++) {
        const x = unit[j]! - shared[j]!;
        unit[j] = x;
        squares += x * x;
      }
      const length = Math.sqrt(squares);
      lengths[i] = length;
      if (length === 0) continue;
      for (let j = 0; j < size; j++) unit[j]! /= length;
    }
    return { units, lengths };
  }
}

/**
 * Cuts numbers from 0 into blocks.
 *
 * @param count How many numbers.
 * @param size Most numbers a block.
 * @returns The blocks, in order, each I32 `[n]`.
 */
export function* blocksOf(
  count: number,
  size: number,
): Generator<Int32Array<ArrayBuffer>> {
  for (let start = 0; start < count; start += size) {
    const length = Math.min(size, count - start);
    yield Int32Array.from({ length }, (_, i) => start + i);
  }
}
