import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../../pipeline/errors.ts";
import { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";
import { FileFloats } from "../../pipeline/head/file_floats.ts";

/** Numbers behind two bytes that are none. */
function file(numbers: Float32Array, lost = 0): FileFloats {
  const bytes = new Uint8Array(2 + numbers.byteLength);
  bytes.set(new Uint8Array(numbers.buffer), 2);
  const read = (target: Uint8Array, start: number) => {
    const end = Math.min(start + target.length, bytes.length - lost);
    target.set(bytes.subarray(start, end));
    return end - start;
  };
  const part = new Float32Array(3);
  return new FileFloats({ read, offset: 2, path: "a.safetensors", part });
}

Deno.test("subarray() reads the numbers that are asked for", () => {
  const floats = file(Float32Array.of(0.5, 1.5, 2.5, 3.5));
  assertEquals(floats.subarray(1, 3), Float32Array.of(1.5, 2.5));
  assertEquals(floats.subarray(4, 4), new Float32Array(0));
});

Deno.test("subarray() throws when the file has become shorter", () => {
  const floats = file(Float32Array.of(0.5, 1.5), 1);
  assertEquals(floats.subarray(0, 1), Float32Array.of(0.5));
  const error = assertThrows(
    () => floats.subarray(0, 2),
    FormatError,
    'Cannot read 8 bytes of "a.safetensors" as it ends before: there are 7',
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
  const memory = new EmbeddingSource(shards, layout);
  const files = new EmbeddingSource(inFiles, layout);
  const rows = (source: EmbeddingSource) =>
    [7, 0, 3, 2, 4].flatMap((row) =>
      [1, 0].map((view) => source.row(row, view).slice())
    );
  assertEquals(rows(files), rows(memory));
});
