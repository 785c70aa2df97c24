/**
 * Embeddings of a split, shard by shard: labels and records in memory, embeddings
 * in memory or in their files.
 *
 * A pass over a split reads its rows in random order, so no part of a file is
 * worth keeping; the operating system keeps what was read last.
 */

import { FormatError } from "../errors.ts";

/** Bytes of an F32. */
const FLOAT_BYTES = 4;

/** Fills an array with the numbers from a position on. */
export type ReadFloats = (target: Float32Array, start: number) => void;

/**
 * Prepares to read the numbers of a tensor, F32, in a file whose bytes have been
 * checked.
 *
 * @param options Where the numbers are: `read` fills an array with the bytes from a position on and returns how many it found, `offset` is the position of the first number in bytes, `path` names the file in errors.
 * @returns Reads them; throws a {@linkcode FormatError} if the file has become shorter.
 */
export function fileFloats(
  options: {
    read: (target: Uint8Array, start: number) => number;
    offset: number;
    path: string;
  },
): ReadFloats {
  const { read, offset, path } = options;
  return ({ buffer, byteOffset, byteLength }, start) => {
    const position = offset + start * FLOAT_BYTES;
    const count = read(
      new Uint8Array(buffer, byteOffset, byteLength),
      position,
    );
    if (count !== byteLength) {
      throw new FormatError(
        `Cannot read ${byteLength} bytes of "${path}" as the file is shorter: it has only ${count} there`,
        { path, byteOffset: position },
      );
    }
  };
}

/** Embeddings of one shard. */
interface EmbeddingShard {
  /** F32 `[n, views, D]`, in memory or in a file. */
  embeddings: Float32Array | ReadFloats;
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

  /** Returns the row of a sample in the dataset index. */
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

  /** Fills an array with numbers of a shard. */
  #copy(target: Float32Array, shard: number, start: number): void {
    const { embeddings } = this.#shards[shard]!;
    if (typeof embeddings === "function") embeddings(target, start);
    else target.set(embeddings.subarray(start, start + target.length));
  }

  /**
   * Copies the embedding of one view of a sample.
   *
   * @param target F32 `[D]`, which is filled.
   * @param view The view: 0 plain, 1 flipped.
   */
  copyView(target: Float32Array, row: number, view: number): void {
    const shard = this.#shardOf(row);
    const local = row - this.#starts[shard]!;
    this.#copy(target, shard, (local * this.views + view) * this.size);
  }

  /**
   * Copies all views of samples that follow each other.
   *
   * @param target F32 `[n, views, D]`, which is filled.
   * @param row The first sample.
   */
  copyTo(target: Float32Array, row: number): void {
    const stride = this.views * this.size;
    for (let done = 0; done < target.length;) {
      const shard = this.#shardOf(row);
      const { labels } = this.#shards[shard]!;
      const local = row - this.#starts[shard]!;
      const length = Math.min(
        (labels.length - local) * stride,
        target.length - done,
      );
      this.#copy(target.subarray(done, done + length), shard, local * stride);
      done += length;
      row += length / stride;
    }
  }
}
