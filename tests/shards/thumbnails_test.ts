import { assertEquals, assertRejects } from "@std/assert";
import { DigestMismatchError } from "../../pipeline/errors.ts";
import { readThumbnails } from "../../pipeline/shards/thumbnails.ts";
import { decodePixels } from "../support/decode_pixels.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { indexedPhotos, sealTensors, SIDE } from "../stages/report_support.ts";

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
