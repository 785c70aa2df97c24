import { assertEquals, assertRejects } from "@std/assert";
import { DigestMismatchError, FormatError } from "../../pipeline/errors.ts";
import { readPixels } from "../../pipeline/stages/tensor_pixels.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { pixelsOf, testRecords, testTensors } from "./evidence_support.ts";

/** A store that remembers which files were read. */
class ReadingStore extends MemoryStore {
  readonly reads: string[] = [];

  override read(path: string): Promise<Uint8Array | undefined> {
    this.reads.push(path.split("/").at(-1)!);
    return super.read(path);
  }
}

/** Reads pixels of the test split. */
async function read(store: MemoryStore, rows: number[]): Promise<Uint8Array> {
  const tensors = await testTensors(store);
  const records = testRecords();
  return await readPixels(tensors, { records, split: "test", rows });
}

Deno.test("readPixels() reads the photos in the order they are asked for", async () => {
  const rows = [7, 2, 3, 5];
  const pixels = await read(new MemoryStore(), rows);
  const expected = rows.flatMap((row) => [...pixelsOf(row)]);
  assertEquals(pixels, Uint8Array.from(expected));
});

Deno.test("readPixels() reads only the shards that hold any, each once", async () => {
  const store = new ReadingStore();
  await read(store, [7, 2, 6]);
  assertEquals(store.reads, [
    "test-00000-of-00003.safetensors",
    "test-00002-of-00003.safetensors",
  ]);
});

Deno.test("readPixels() reads nothing for no photos", async () => {
  const store = new ReadingStore();
  assertEquals(await read(store, []), new Uint8Array(0));
  assertEquals(store.reads, []);
});

Deno.test("readPixels() refuses a shard that has not what the index says", async () => {
  await assertRejects(
    () => read(new MemoryStore(), [4]),
    FormatError,
    "Cannot read the pixels of record 4 from ",
  );
});

Deno.test("readPixels() refuses a shard that is damaged", async () => {
  const store = new MemoryStore();
  const tensors = await testTensors(store);
  store.flipBit(tensors.files.path(tensors.manifest.files[0]!.path), -1);
  const records = testRecords();
  await assertRejects(
    () => readPixels(tensors, { records, split: "test", rows: [2] }),
    DigestMismatchError,
  );
});
