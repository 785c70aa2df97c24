import { assertEquals, assertThrows } from "@std/assert";
import { MAX_SHARDS, planShards } from "../../pipeline/artifact/shard_name.ts";

Deno.test("planShards() cuts rows in order, the last shard being shorter", () => {
  assertEquals(planShards("train", { rows: 5, shardSize: 2 }), [
    { path: "train-00000-of-00003.safetensors", start: 0, end: 2 },
    { path: "train-00001-of-00003.safetensors", start: 2, end: 4 },
    { path: "train-00002-of-00003.safetensors", start: 4, end: 5 },
  ]);
});

Deno.test.each([[4, 2, 2], [1, 64, 1], [0, 64, 0]])(
  "planShards() of %s rows in shards of %s makes %s",
  (rows, shardSize, count) => {
    assertEquals(planShards("test", { rows, shardSize }).length, count);
  },
);

Deno.test.each([0, -1, 1.5, NaN])(
  "planShards() throws when shardSize is %s",
  (shardSize) => {
    assertThrows(
      () => planShards("train", { rows: 1, shardSize }),
      RangeError,
      `Cannot plan shards as shardSize must be a positive integer: current value is ${shardSize}`,
    );
  },
);

Deno.test("planShards() makes as many shards as five digits hold, and no more", () => {
  const plans = planShards("train", { rows: MAX_SHARDS, shardSize: 1 });
  assertEquals(plans.at(-1)?.path, "train-99999-of-100000.safetensors");
  assertThrows(
    () => planShards("train", { rows: MAX_SHARDS + 1, shardSize: 1 }),
    RangeError,
    "Cannot plan shards as there must be at most 100000: 100001 rows in shards of 1 make 100001",
  );
});
