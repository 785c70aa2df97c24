import { assertEquals, assertRejects } from "@std/assert";
import { DigestMismatchError } from "../../pipeline/errors.ts";
import { readPixels, readThumbnails } from "../../pipeline/shards/pixels.ts";
import {
  pixelsOf,
  testRecords,
  testTensors,
} from "../stages/evidence_support.ts";
import { indexedPhotos, sealTensors, SIDE } from "../stages/report_support.ts";
import { decodePixels } from "../support/decode_pixels.ts";
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

/** Tensors in a store that remembers what is read. */
async function source() {
  const store = new MemoryStore();
  const tensors = await sealTensors(store);
  const reads: string[] = [];
  const read = store.read.bind(store);
  store.read = (path) => {
    reads.push(path.split("/").at(-1)!);
    return read(path);
  };
  return { store, reads, tensors, records: indexedPhotos() };
}

const { signal } = new AbortController();

Deno.test("readThumbnails() reads only shards that hold what is wanted, once each", async () => {
  const from = await source();
  const thumbnails = await readThumbnails([8, 1, 3, 2], from, signal);
  assertEquals([...thumbnails.keys()].sort(), [1, 2, 3, 8]);
  assertEquals(from.reads.sort(), [
    "train-00000-of-00003.safetensors",
    "validation-00000-of-00003.safetensors",
    "validation-00002-of-00003.safetensors",
  ]);
  const { width, data } = await decodePixels(thumbnails.get(8)!);
  assertEquals([width, data[0]], [SIDE, 160]);
});

Deno.test("readThumbnails() has none of a photo that was left out", async () => {
  const thumbnails = await readThumbnails([4, 6], await source(), signal);
  assertEquals([...thumbnails.keys()], [6]);
});

Deno.test("readThumbnails() throws when a shard is damaged", async () => {
  const from = await source();
  const path = from.tensors.files.path("train-00001-of-00003.safetensors");
  from.store.flipBit(path, -1);
  await assertRejects(
    () => readThumbnails([5], from, signal),
    DigestMismatchError,
  );
});

Deno.test("readThumbnails() stops when the signal says so", async () => {
  const stopped = AbortSignal.abort(new Error("enough"));
  const from = await source();
  await assertRejects(
    () => readThumbnails([5], from, stopped),
    Error,
    "enough",
  );
  assertEquals(from.reads, []);
});
