import { assertEquals } from "@std/assert";
import { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";

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

Deno.test("row() finds a view of a sample when its shard follows an empty one", () => {
  const rows = [0, 1, 2].map((row) => [0, 1].map((v) => SOURCE.row(row, v)[0]));
  assertEquals(rows, [[0, 0.5], [1, 1.5], [2, 2.5]]);
});

Deno.test("copyTo() fills an array from several shards", () => {
  const target = new Float32Array(4);
  SOURCE.copyTo(target, 1);
  assertEquals(target, Float32Array.of(1, 1.5, 2, 2.5));
});
