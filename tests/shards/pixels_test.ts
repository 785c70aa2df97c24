import { assertEquals, assertRejects } from "@std/assert";
import { DigestMismatchError } from "../../pipeline/errors.ts";
import { readPixels } from "../../pipeline/shards/pixels.ts";
import {
  pixelsOf,
  testRecords,
  testTensors,
} from "../stages/evidence_support.ts";
import { MemoryStore } from "../support/memory_store.ts";

/** A store that remembers which files were read. */
class ReadingStore extends MemoryStore {
  readonly reads: string[] = [];

  override read(path: string): Promise<Uint8Array | undefined> {
    this.reads.push(path.split("/").at(-1)!);
    return super.read(path);
  }
}

/** Reads photos of the test split: records and pixels. */
async function read(store: MemoryStore, rows: number[]) {
  const tensors = await testTensors(store);
  const found: [number, number[]][] = [];
  const source = { tensors, records: testRecords() };
  for await (const { record, pixels } of readPixels(rows, source)) {
    found.push([record, [...pixels]]);
  }
  return found;
}

Deno.test("readPixels() reads the photos shard by shard", async () => {
  const found = await read(new MemoryStore(), [7, 2, 3, 5]);
  assertEquals(found, [7, 2, 3, 5].map((row) => [row, [...pixelsOf(row)]]));
});

Deno.test("readPixels() reads only the shards that hold any, each once", async () => {
  const store = new ReadingStore();
  await read(store, [7, 2, 6]);
  assertEquals(store.reads.sort(), [
    "test-00000-of-00003.safetensors",
    "test-00002-of-00003.safetensors",
  ]);
});

Deno.test("readPixels() reads nothing for no photos", async () => {
  const store = new ReadingStore();
  assertEquals(await read(store, []), []);
  assertEquals(store.reads, []);
});

Deno.test("readPixels() leaves out a photo that no shard has", async () => {
  const found = await read(new MemoryStore(), [4, 5]);
  assertEquals(found.map(([record]) => record), [5]);
});

Deno.test("readPixels() refuses a shard that is damaged", async () => {
  const store = new MemoryStore();
  const tensors = await testTensors(store);
  store.flipBit(tensors.files.path(tensors.shards[0]!.path), -1);
  const source = { tensors, records: testRecords() };
  await assertRejects(
    () => Array.fromAsync(readPixels([2], source)),
    DigestMismatchError,
  );
});
