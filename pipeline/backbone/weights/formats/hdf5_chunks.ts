/**
 * Datasets of an HDF5 file that are stored in chunks.
 *
 * Source: sections III.A.1 and IV.A.2.i of the HDF5 File Format Specification,
 * https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t4.html.
 *
 * @module
 */

import type { Hdf5Bytes } from "./hdf5_bytes.ts";
import { undoFilters } from "./hdf5_filters.ts";

/** What a chunk costs of the budget: starting to inflate takes as long as 20 names. */
const STEPS_A_CHUNK = 20;

/** A chunk as the B-tree has it. */
interface Chunk {
  /** Position in the file. */
  at: number;
  /** Bytes it takes there. */
  storedBytes: number;
  /** Filters that were left out, one bit each. */
  skipped: number;
  /** First element, by dimension. */
  origin: number[];
}

/** Reads the chunks below a node of a B-tree. */
function* readTree(
  file: Hdf5Bytes,
  root: number,
  rank: number,
): Generator<Chunk> {
  // A key has sizes of 4 bytes, positions by dimension, and one of the element.
  const keyBytes = 8 + 8 * (rank + 1);
  const pending = [root];
  const seen = new Set<number>();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) file.fail("a B-tree must not lead in circles", node);
    seen.add(node);
    file.expect("TREE", node);
    const [kind, level] = [file.u8(node + 4), file.u8(node + 5)];
    if (kind !== 1) {
      file.fail(`a B-tree of chunks must be of type 1: one is ${kind}`, node);
    }
    const count = file.u16(node + 6);
    file.step(count + 1, node);
    for (let i = 0; i < count; i++) {
      const key = node + 24 + i * (keyBytes + 8);
      const at = file.size(key + keyBytes);
      if (level > 0) {
        pending.push(at);
        continue;
      }
      const origin = Array.from(
        { length: rank },
        (_, d) => file.size(key + 8 + 8 * d),
      );
      const [storedBytes, skipped] = [file.u32(key), file.u32(key + 4)];
      yield { at, storedBytes, skipped, origin };
    }
  }
}

/** Copies the part of a chunk that lies inside the dataset, row by row. */
function copyChunk(
  out: Uint8Array,
  chunk: Uint8Array,
  options: {
    shape: number[];
    chunkShape: number[];
    origin: number[];
    elementBytes: number;
  },
): void {
  const { shape, chunkShape, origin, elementBytes } = options;
  const inside = chunkShape.map((n, d) => Math.min(n, shape[d]! - origin[d]!));
  const last = shape.length - 1;
  const rowBytes = inside[last]! * elementBytes;
  const rows = inside.slice(0, last).reduce((a, b) => a * b, 1);
  for (let row = 0; row < rows; row++) {
    let rest = row;
    let [from, to] = [0, origin[last]!];
    let [fromStride, toStride] = [chunkShape[last]!, shape[last]!];
    for (let d = last - 1; d >= 0; d--) {
      const position = rest % inside[d]!;
      rest = Math.floor(rest / inside[d]!);
      from += position * fromStride;
      to += (origin[d]! + position) * toStride;
      fromStride *= chunkShape[d]!;
      toStride *= shape[d]!;
    }
    const start = from * elementBytes;
    out.set(chunk.subarray(start, start + rowBytes), to * elementBytes);
  }
}

/**
 * Reads a dataset in chunks.
 *
 * Every chunk must be there: what was never written would be zeros, and no
 * weights.
 *
 * @param file The file.
 * @param at Position of the properties of the layout.
 * @param options What is known of the dataset.
 * @returns Elements in row-major order, as the file has them.
 * @throws {FormatError} If chunks are missing or damaged.
 */
export function readChunks(
  file: Hdf5Bytes,
  at: number,
  options: {
    name: string;
    shape: number[];
    elementBytes: number;
    sizeBytes: number;
    filters: readonly number[];
  },
): Uint8Array {
  const { name, shape, elementBytes, sizeBytes, filters } = options;
  const fail: (what: string, cause?: unknown) => never = (what, cause) =>
    file.fail(`weight "${name}" ${what}`, at, { cause });
  const rank = shape.length;
  if (rank === 0 || file.u8(at) !== rank + 1) {
    fail(
      `must have chunks of ${rank} dimensions: they have ${file.u8(at) - 1}`,
    );
  }
  const root = file.address(at + 1);
  const chunkShape = shape.map((_, d) => file.u32(at + 9 + 4 * d));
  if (chunkShape.includes(0) || file.u32(at + 9 + 4 * rank) !== elementBytes) {
    fail(`must have chunks of its elements: one is [${chunkShape}]`);
  }
  const chunkBytes = chunkShape.reduce((a, b) => a * b, elementBytes);
  const grid = shape.map((n, d) => Math.ceil(n / chunkShape[d]!));
  const chunkCount = grid.reduce((a, b) => a * b, 1);
  file.step(STEPS_A_CHUNK * chunkCount, at);
  if (chunkCount === 0) return new Uint8Array(0);
  file.payCopy(sizeBytes + chunkCount * chunkBytes, at);
  const out = new Uint8Array(sizeBytes);
  const seen = new Set<string>();
  for (const chunk of root === undefined ? [] : readTree(file, root, rank)) {
    const { origin, storedBytes, skipped } = chunk;
    const fits = origin.every((o, d) =>
      o < shape[d]! && o % chunkShape[d]! === 0
    );
    const key = `${origin}`;
    if (!fits || seen.has(key)) {
      fail(`must have each of its chunks once: one is at [${origin}]`);
    }
    seen.add(key);
    // Filters are left out where they would make a chunk larger; 64 bytes are
    // more than a checksum and the frame of deflate.
    if (storedBytes > chunkBytes + 64) {
      fail(
        `has chunks of ${chunkBytes} bytes: one takes ${storedBytes} in the file`,
      );
    }
    const stored = file.view(chunk.at, storedBytes);
    try {
      const sizes = { chunkBytes, elementBytes, skipped };
      const data = undoFilters(stored, filters, sizes);
      copyChunk(out, data, { shape, chunkShape, origin, elementBytes });
    } catch (cause) {
      fail(`must have whole chunks: one at [${origin}] is damaged`, cause);
    }
  }
  if (seen.size !== chunkCount) {
    fail(`must have all its ${chunkCount} chunks: it has ${seen.size}`);
  }
  return out;
}
