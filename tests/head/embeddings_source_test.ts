import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../../pipeline/errors.ts";
import {
  EmbeddingSource,
  fileFloats,
  type ReadFloats,
} from "../../pipeline/head/embeddings_source.ts";
import { readView } from "../support/read_view.ts";

/** Shards of 2, 0 and 1 samples, two views of one number: the sample and a half. */
const SOURCE = new EmbeddingSource([
  {
    embeddings: Float32Array.of(0, 0.5, 1, 1.5),
    labels: Int32Array.of(7, 8),
    records: Int32Array.of(20, 10),
  },
  {
    embeddings: new Float32Array(0),
    labels: new Int32Array(0),
    records: new Int32Array(0),
  },
  {
    embeddings: Float32Array.of(2, 2.5),
    labels: Int32Array.of(9),
    records: Int32Array.of(30),
  },
], { views: 2, size: 1 });

Deno.test("EmbeddingSource joins labels and records of all shards", () => {
  assertEquals(SOURCE.count, 3);
  assertEquals(SOURCE.labels, Int32Array.of(7, 8, 9));
  const records = [0, 1, 2].map((row) => SOURCE.record(row));
  assertEquals(records, [20, 10, 30]);
});

Deno.test("copyView() finds a view of a sample when its shard follows an empty one", () => {
  const rows = [0, 1, 2].map((row) =>
    [0, 1].map((view) => readView(SOURCE, row, view)[0])
  );
  assertEquals(rows, [[0, 0.5], [1, 1.5], [2, 2.5]]);
});

Deno.test("copyTo() fills an array from several shards", () => {
  const target = new Float32Array(4);
  SOURCE.copyTo(target, 1);
  assertEquals(target, Float32Array.of(1, 1.5, 2, 2.5));
});

/** Numbers in a file, after two other bytes. */
function file(numbers: Float32Array, lost = 0): ReadFloats {
  const bytes = new Uint8Array(2 + numbers.byteLength);
  bytes.set(new Uint8Array(numbers.buffer), 2);
  const read = (target: Uint8Array, start: number) => {
    const end = Math.min(start + target.length, bytes.length - lost);
    target.set(bytes.subarray(start, end));
    return end - start;
  };
  return fileFloats({ read, offset: 2, path: "a.safetensors" });
}

Deno.test("fileFloats() fills part of an array, and nothing beside it", () => {
  const all = new Float32Array(4);
  file(Float32Array.of(0.5, 1.5, 2.5, 3.5))(all.subarray(1, 3), 1);
  assertEquals(all, Float32Array.of(0, 1.5, 2.5, 0));
});

Deno.test("fileFloats() throws when the file has become shorter", () => {
  const read = file(Float32Array.of(0.5, 1.5), 1);
  const target = new Float32Array(1);
  read(target, 0);
  assertEquals(target, Float32Array.of(0.5));
  const error = assertThrows(
    () => read(new Float32Array(2), 0),
    FormatError,
    'Cannot read 8 bytes of "a.safetensors" as the file is shorter: it has only 7 there',
  );
  assertEquals(error.byteOffset, 2);
});

Deno.test("EmbeddingSource takes the same rows from files as from memory, across shards", () => {
  const shards = [3, 1, 4].map((n, shard) => ({
    embeddings: Float32Array.from({ length: n * 6 }, (_, i) => shard + i / 64),
    labels: new Int32Array(n),
    records: new Int32Array(n),
  }));
  const inFiles = shards.map((shard) => ({
    ...shard,
    embeddings: file(shard.embeddings),
  }));
  const layout = { views: 2, size: 3 };
  const [memory, files] = [shards, inFiles].map((shards) => {
    const source = new EmbeddingSource(shards, layout);
    return [7, 0, 3, 2, 4].flatMap((row) =>
      [1, 0].map((view) => readView(source, row, view))
    );
  });
  assertEquals(files, memory);
});
