import { assertEquals } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import { toInt32 } from "../../pipeline/artifact/tensor.ts";
import { ImageError } from "../../pipeline/errors.ts";
import { MAX_PIXELS } from "../../pipeline/image/header.ts";
import {
  type IndexedRecord,
  makeImageRows,
} from "../../pipeline/shards/image_rows.ts";
import { RowCache } from "../../pipeline/shards/row_cache.ts";
import { MemoryStore } from "../support/memory_store.ts";

/** The work that makes the shards here. */
const WORK = { stage: "tensors", version: 3, config: {}, inputs: {} };

Deno.test("makeImageRows() leaves out what cannot be decoded, and frees the squares", async () => {
  const store = new MemoryStore();
  const records: IndexedRecord[] = [];
  for (const row of [4, 5, 6]) {
    const bytes = Uint8Array.of(row);
    store.files.set(`${row}`, bytes);
    const rest = { label: row * 10, split: "train", sizeBytes: 1 } as const;
    const digest = await sha256(bytes);
    records.push({ path: `${row}`, row, digest, width: 1, height: 1, ...rest });
  }
  const squares: Uint8Array[] = [];
  const { tensors, metadata } = await makeImageRows(records, {
    photos: store,
    imageSize: 1,
    cache: await RowCache.open(new MemoryStore(), WORK),
    preprocessor: {
      atOnce: 1,
      preprocess([row]) {
        if (row === 5) return Promise.reject(new ImageError("it is torn"));
        squares.push(new Uint8Array(3).fill(row!));
        return Promise.resolve(squares.at(-1)!);
      },
      [Symbol.dispose]() {},
    },
    reject() {},
    tell() {},
    progress() {},
    reused() {},
  });
  const rejected = [{ path: "5", reason: "it is torn" }];
  assertEquals(metadata, { rejected: JSON.stringify(rejected) });
  const { image, label, record, digest } = tensors;
  assertEquals(image, {
    dtype: "U8",
    shape: [2, 1, 1, 3],
    data: Uint8Array.of(4, 4, 4, 6, 6, 6),
  });
  assertEquals(toInt32(label!, "label"), Int32Array.of(40, 60));
  assertEquals(toInt32(record!, "record"), Int32Array.of(4, 6));
  assertEquals(
    [digest!.shape, encodeHex(digest!.data)],
    [[2, 32], records[0]!.digest + records[2]!.digest],
  );
  assertEquals(squares.map(({ length }) => length), [0, 0]);
});

/** Makes rows of photos that claim so many pixels, all of them offered at once; returns how many were decoded at a time, `expected` if they may. */
async function mostAtOnce(
  pixels: readonly number[],
  expected: number,
): Promise<number> {
  const store = new MemoryStore();
  const records: IndexedRecord[] = [];
  for (const [row, width] of pixels.entries()) {
    const bytes = Uint8Array.of(row);
    store.files.set(`${row}`, bytes);
    const rest = { height: 1, label: 0, split: "train", sizeBytes: 1 } as const;
    const digest = await sha256(bytes);
    records.push({ path: `${row}`, row, digest, width, ...rest });
  }
  let [underWay, most] = [0, 0];
  const content = await makeImageRows(records, {
    photos: store,
    imageSize: 1,
    cache: await RowCache.open(new MemoryStore(), WORK),
    preprocessor: {
      atOnce: pixels.length,
      async preprocess() {
        most = Math.max(most, ++underWay);
        // Others begin meanwhile, if they may; their digests are made in other threads.
        const turn = () => new Promise((next) => setTimeout(next, 5));
        for (let i = 0; i < 20 && most < expected; i++) await turn();
        await turn();
        underWay--;
        return Uint8Array.of(1, 2, 3);
      },
      [Symbol.dispose]() {},
    },
    reject() {},
    tell() {},
    progress() {},
    reused() {},
  });
  assertEquals(content!.tensors.image!.shape[0], pixels.length);
  return most;
}

Deno.test.each<[string, number[], number]>([
  ["the largest photos one by one", Array(4).fill(MAX_PIXELS), 1],
  ["halves of the largest two at a time", Array(5).fill(MAX_PIXELS / 2), 2],
  ["small photos all at once", Array(8).fill(1000), 8],
  ["a small photo beside a half, and none beside the largest", [
    MAX_PIXELS,
    MAX_PIXELS / 2,
    1000,
  ], 2],
])("makeImageRows() decodes %s", async (_, pixels, expected) => {
  assertEquals(await mostAtOnce(pixels, expected), expected);
});
