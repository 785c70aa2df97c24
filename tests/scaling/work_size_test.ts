/**
 * The size of the work.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { measureWork } from "../../pipeline/scaling/work_size.ts";

Deno.test("measureWork() counts bytes, files and shards of each stage", () => {
  const sizes = measureWork({
    photos: 1000,
    photoBytes: 150_000,
    imageSize: 224,
    views: 2,
    embeddingSize: 2048,
    shardSize: 256,
  });
  assertEquals(sizes, [
    {
      stage: "dataset-index",
      readBytes: 150_000_000,
      writtenBytes: 190_000,
      filesRead: 1000,
      filesWritten: 1,
    },
    {
      stage: "tensors",
      readBytes: 150_000_000,
      // 224 · 224 · 3 + 4 + 4 + 32 bytes a row.
      writtenBytes: 150_568_000,
      filesRead: 1000,
      filesWritten: 4,
    },
    {
      stage: "embeddings",
      readBytes: 150_568_000,
      // 2 · 2048 · 4 + 4 + 4 + 32 bytes a row.
      writtenBytes: 16_424_000,
      filesRead: 4,
      filesWritten: 4,
    },
  ]);
});
