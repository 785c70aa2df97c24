/**
 * Embeddings of a split, shard by shard, without joining them: labels and
 * records in memory, embeddings wherever the shards have them.
 *
 * @module
 */

import { copyFloats, type Floats } from "./file_floats.ts";

/** Embeddings of one shard. */
export interface EmbeddingShard {
  /** F32 `[n, views, D]`, in memory or in a file. */
  embeddings: Floats;
  /** I32 `[n]`. */
  labels: Int32Array;
  /** I32 `[n]`, rows in the dataset index. */
  records: Int32Array;
}

/** Embeddings of a split. */
export class EmbeddingSource {
  /** Number of samples. */
  readonly count: number;
  /** Views of each sample. */
  readonly views: number;
  /** Length D of an embedding. */
  readonly size: number;
  /** I32 `[count]`. */
  readonly labels: Int32Array;
  readonly #shards: readonly EmbeddingShard[];
  readonly #starts: number[] = [];

  /**
   * Collects shards.
   *
   * @param shards The shards, in order; all with the same views and D.
   * @param layout Views of each sample, and length of an embedding.
   */
  constructor(
    shards: readonly EmbeddingShard[],
    layout: { views: number; size: number },
  ) {
    this.#shards = shards;
    this.views = layout.views;
    this.size = layout.size;
    let count = 0;
    for (const { labels } of shards) {
      this.#starts.push(count);
      count += labels.length;
    }
    this.count = count;
    this.labels = new Int32Array(count);
    shards.forEach(({ labels }, i) => this.labels.set(labels, this.#starts[i]));
  }

  /**
   * Returns the row of a sample in the dataset index.
   *
   * @param row The sample.
   * @returns The row there.
   */
  record(row: number): number {
    const shard = this.#shardOf(row);
    return this.#shards[shard]!.records[row - this.#starts[shard]!]!;
  }

  /** Number of the shard that holds a sample: the last that starts at or before it. */
  #shardOf(row: number): number {
    let shard = 0;
    for (let end = this.#starts.length; end - shard > 1;) {
      const middle = (shard + end) >> 1;
      if (this.#starts[middle]! <= row) shard = middle;
      else end = middle;
    }
    return shard;
  }

  /**
   * Returns the embedding of one view of a sample, which is good until the next is
   * asked for; without a copy where it is in memory.
   *
   * @param row The sample.
   * @param view The view: 0 plain, 1 flipped.
   * @returns F32 `[D]`.
   */
  row(row: number, view: number): Float32Array {
    const shard = this.#shardOf(row);
    const local = row - this.#starts[shard]!;
    const start = (local * this.views + view) * this.size;
    return this.#shards[shard]!.embeddings.subarray(start, start + this.size);
  }

  /**
   * Copies all views of samples that follow each other.
   *
   * @param row The first sample.
   * @param target F32 `[n, views, D]`, which is filled.
   */
  copyTo(target: Float32Array, row: number): void {
    const stride = this.views * this.size;
    for (let done = 0; done < target.length;) {
      const shard = this.#shardOf(row);
      const { embeddings, labels } = this.#shards[shard]!;
      const local = row - this.#starts[shard]!;
      const length = Math.min(
        (labels.length - local) * stride,
        target.length - done,
      );
      const part = target.subarray(done, done + length);
      copyFloats(embeddings, part, local * stride);
      done += length;
      row += length / stride;
    }
  }
}
