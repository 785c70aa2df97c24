/** All samples of a dataset as vectors, of every split. */

import type { EmbeddingSource } from "../head/embeddings_source.ts";

/** Some samples as unit vectors. */
interface VectorBlock {
  /** Unit vectors, F32 `[n, size]`; zeros where an embedding is the mean of all. */
  units: Float32Array;
  /** Their lengths before, F32 `[n]`. */
  lengths: Float32Array;
}

/** Samples whose views are read at once: a file is opened for each read. */
const READ_SAMPLES = 64;

/** Position of the views of a sample, and numbers in each. */
interface Place {
  start: number;
  stride: number;
  size: number;
}

/** Averages the views of a sample into an array, from a position on. */
function averageViews(
  views: Float32Array,
  { start, stride, size }: Place,
  to: Float32Array,
  at: number,
): void {
  const count = stride / size;
  for (let i = 0; i < size; i++) to[at + i] = views[start + i]!;
  if (count === 1) return;
  for (let view = start + size; view < start + stride; view += size) {
    for (let i = 0; i < size; i++) to[at + i]! += views[view + i]!;
  }
  for (let i = 0; i < size; i++) to[at + i]! /= count;
}

/** Takes what is shared from a vector in an array and makes its length 1; returns its length before. */
function toUnit(
  vectors: Float32Array,
  at: number,
  shared: Float64Array,
): number {
  let squares = 0;
  for (let i = 0; i < shared.length; i++) {
    const x = vectors[at + i]! - shared[i]!;
    vectors[at + i] = x;
    squares += x * x;
  }
  const length = Math.sqrt(squares);
  if (length === 0) return length;
  for (let i = 0; i < shared.length; i++) vectors[at + i]! /= length;
  return length;
}

/** How many samples follow each other from a place on, itself among them; no more than are read at once. */
function followers(samples: Int32Array, place: number, most: number): number {
  const limit = Math.min(most, READ_SAMPLES, samples.length - place);
  let count = 1;
  while (count < limit && samples[place + count] === samples[place]! + count) {
    count++;
  }
  return count;
}

/**
 * Samples, numbered from 0: split after split, each as its embeddings have it.
 *
 * The vector of a sample is the mean of its views, less the mean of all samples:
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
  readonly count: number;
  /** Length of a vector. */
  readonly size: number;
  /** Label of each, I32 `[count]`. */
  readonly labels: Int32Array;
  /** Row of each in the dataset index, I32 `[count]`. */
  readonly records: Int32Array;
  readonly #sources: readonly EmbeddingSource[];
  /** Memory that views are read into. */
  readonly #read: Float32Array;
  /** Mean of the vectors of one view, and of those of more, F64 `[size]` each. */
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
    const most = Math.max(...sources.map(({ views }) => views));
    this.#read = new Float32Array(READ_SAMPLES * most * this.size);
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
      for (let row = 0; row < source.count; row += READ_SAMPLES) {
        const views = this.#readViews(source, row, source.count - row);
        const stride = source.views * size;
        for (let start = 0; start < views.length; start += stride) {
          for (let i = 0; i < size; i++) plain[i]! += views[start + i]!;
          if (source.views === 1) continue;
          for (let i = 0; i < size; i++) added[i]! -= views[start + i]!;
          averageViews(views, { start, stride, size }, vector, 0);
          for (let i = 0; i < size; i++) added[i]! += vector[i]!;
        }
      }
    }
    const one = plain.map((sum) => sum / this.count);
    const more = one.map((mean, i) => mean + added[i]! / Math.max(1, several));
    return { one, more };
  }

  /** Reads samples that follow each other, as many as are read at once: F32 `[n, views, size]`, good until others are read. */
  #readViews(source: EmbeddingSource, row: number, most: number): Float32Array {
    const count = Math.min(READ_SAMPLES, most);
    const views = this.#read.subarray(0, count * source.views * this.size);
    source.copyTo(views, row);
    return views;
  }

  /** The split that holds a sample, and its row there. */
  #locate(sample: number): [EmbeddingSource, number] {
    let row = sample;
    for (const source of this.#sources) {
      if (row < source.count) return [source, row];
      row -= source.count;
    }
    throw new RangeError(
      `Cannot read sample ${sample} as it must be below ${this.count}`,
    );
  }

  /**
   * Reads the vectors of some samples.
   *
   * @returns The vectors, in that order.
   */
  read(samples: Int32Array): VectorBlock {
    const { size } = this;
    const units = new Float32Array(samples.length * size);
    const lengths = new Float32Array(samples.length);
    for (let i = 0; i < samples.length;) {
      const [source, row] = this.#locate(samples[i]!);
      const count = followers(samples, i, source.count - row);
      const views = this.#readViews(source, row, count);
      const shared = source.views > 1 ? this.#shared.more : this.#shared.one;
      const stride = source.views * size;
      for (let start = 0; start < views.length; start += stride, i++) {
        averageViews(views, { start, stride, size }, units, i * size);
        lengths[i] = toUnit(units, i * size, shared);
      }
    }
    return { units, lengths };
  }
}

/**
 * Cuts numbers from 0 into blocks.
 *
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
