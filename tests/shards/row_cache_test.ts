import { decodeHex } from "@std/encoding/hex";
import { assertEquals } from "@std/assert";
import type { Work } from "../../pipeline/artifact/fingerprint.ts";
import { encodeSealed } from "../../pipeline/artifact/shard.ts";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { toInt32, toTensor } from "../../pipeline/artifact/tensor.ts";
import { RowCache } from "../../pipeline/shards/row_cache.ts";
import { MemoryStore } from "../support/memory_store.ts";

const WORK: Work = {
  stage: "tensors",
  version: 1,
  config: { imageSize: 8, shardSize: 2 },
  inputs: { records: "r1", classes: "c1" },
};

/** The same computation on another dataset, cut in another way. */
const OTHER_DATASET: Work = {
  ...WORK,
  config: { imageSize: 8, shardSize: 64 },
  inputs: { records: "r2", classes: "c2" },
};

/** The digest of an image, made up from a number. */
function digest(image: number): string {
  return image.toString(16).padStart(2, "0").repeat(32);
}

/** Writes a stage whose shards hold the images, numbered as they are. */
async function writeStage(
  store: MemoryStore,
  work: Work,
  shards: number[][],
): Promise<StageFiles> {
  const files = await StageFiles.open(store, work);
  const entries = [];
  for (const [i, images] of shards.entries()) {
    const digests = decodeHex(images.map(digest).join(""));
    const bytes = await encodeSealed({
      image: toTensor(Int32Array.from(images), [images.length]),
      digest: toTensor(digests, [images.length, 32]),
    }, {});
    entries.push(await files.write(`train-${i}.safetensors`, bytes));
  }
  const list = new TextEncoder().encode("[]");
  await files.seal([...entries, await files.write("list.jsonl", list)], {});
  return files;
}

/** Looks an image up: the number that stands in its row. */
async function find(cache: RowCache, image: number) {
  const found = await cache.find(digest(image));
  return found &&
    toInt32(found.shard.tensors.get("image")!, "image")[found.row];
}

Deno.test("find() returns rows of an earlier artifact when only the dataset differs", async () => {
  const store = new MemoryStore();
  await writeStage(store, WORK, [[1, 2], [3]]);
  const cache = await RowCache.open(store, OTHER_DATASET);
  assertEquals(cache.size, 3);
  assertEquals(await find(cache, 1), 1);
  assertEquals(await find(cache, 3), 3);
  assertEquals(await find(cache, 2), 2);
  assertEquals(await find(cache, 4), undefined);
});

Deno.test("find() returns rows of several artifacts, in any order", async () => {
  const store = new MemoryStore();
  await writeStage(store, WORK, [[1, 2], [3, 4], [5]]);
  const third = { ...WORK, inputs: { records: "r3", classes: "c3" } };
  await writeStage(store, third, [[6], [7, 8]]);
  const cache = await RowCache.open(store, OTHER_DATASET);
  for (const image of [8, 1, 5, 3, 7, 2, 6, 4, 1]) {
    assertEquals(await find(cache, image), image);
  }
});

Deno.test.each<[string, Work]>([
  ["the version", { ...OTHER_DATASET, version: 2 }],
  ["a setting", { ...OTHER_DATASET, config: { imageSize: 16, shardSize: 2 } }],
  ["an input", {
    ...OTHER_DATASET,
    inputs: { ...OTHER_DATASET.inputs, backbone: "b" },
  }],
  ["the stage", { ...OTHER_DATASET, stage: "embeddings" }],
])("open() finds nothing when %s differs", async (_, wanted) => {
  const store = new MemoryStore();
  await writeStage(store, WORK, [[1, 2]]);
  assertEquals((await RowCache.open(store, wanted)).size, 0);
});

Deno.test("open() leaves out the artifact that is being made", async () => {
  const store = new MemoryStore();
  await writeStage(store, WORK, [[1, 2]]);
  assertEquals((await RowCache.open(store, WORK)).size, 0);
});

Deno.test("open() finds nothing when there are no artifacts", async () => {
  const cache = await RowCache.open(new MemoryStore(), WORK);
  assertEquals(cache.size, 0);
  assertEquals(await find(cache, 1), undefined);
});

Deno.test("open() leaves out artifacts that are unfinished or cannot be read", async () => {
  const store = new MemoryStore();
  const first = await writeStage(store, WORK, [[1]]);
  const torn = { ...WORK, inputs: { records: "r3", classes: "c3" } };
  const second = await writeStage(store, torn, [[2]]);
  const whole = { ...WORK, inputs: { records: "r4", classes: "c4" } };
  await writeStage(store, whole, [[3]]);
  await first.remove("manifest.json");
  store.files.set(second.path("manifest.json"), new TextEncoder().encode("{"));
  const cache = await RowCache.open(store, OTHER_DATASET);
  assertEquals(cache.size, 1);
  assertEquals(await find(cache, 3), 3);
});

Deno.test("find() returns undefined when the shard is damaged or gone, and the rows of others", async () => {
  const store = new MemoryStore();
  const files = await writeStage(store, WORK, [[1, 2], [3], [4]]);
  const cache = await RowCache.open(store, OTHER_DATASET);
  store.flipBit(files.path("train-0.safetensors"), -1);
  await files.remove("train-1.safetensors");
  assertEquals(await find(cache, 1), undefined);
  assertEquals(await find(cache, 2), undefined);
  assertEquals(await find(cache, 3), undefined);
  assertEquals(await find(cache, 4), 4);
});

Deno.test("find() reads a shard once when its rows are asked for in order", async () => {
  const store = new MemoryStore();
  const files = await writeStage(store, WORK, [[1, 2, 3], [4]]);
  const cache = await RowCache.open(store, OTHER_DATASET);
  const reads: string[] = [];
  const read = store.read.bind(store);
  store.read = (path) => {
    reads.push(path);
    return read(path);
  };
  for (const image of [1, 2, 4, 3]) await find(cache, image);
  assertEquals(reads, [
    files.path("train-0.safetensors"),
    files.path("train-1.safetensors"),
  ]);
});
