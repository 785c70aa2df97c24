import { assertEquals } from "@std/assert";
import type { PartProgress, StageProgress } from "../../../mod.ts";
import { renderProgress } from "../../../tasks/cli/parts_progress.ts";

/** A part of twelve. */
function part(
  index: number,
  changes: Partial<PartProgress> = {},
): PartProgress {
  return {
    ...{ index, count: 12, state: "running", shards: 4, shardsOfStage: 48 },
    ...{ images: 400, imagesDone: 200, imagesKept: 0, looksDead: false },
    ...{ startedAt: "", updatedAt: "", quietSeconds: 1 },
    ...changes,
  };
}

const STAGE: StageProgress = {
  ...{ stage: "embeddings", shardsDone: 8, shards: 48, count: 12 },
  ...{ imagesPerSecond: 12.34, secondsLeft: 65, parts: [part(0)] },
};

Deno.test("renderProgress() shows what is done, the rate, and what is wrong", () => {
  const parts = [
    part(0),
    part(1, { state: "done" }),
    part(2, { looksDead: true, quietSeconds: 185 }),
    part(3, { state: "failed" }),
    part(5, { state: "stopped" }),
    part(6, { state: "stopped" }),
  ];
  const silent = [4, 7, 8, 9, 10, 11];
  assertEquals(renderProgress([{ ...STAGE, parts }]), [
    "embeddings: 8/48 shards, 1/12 parts, 12.3 images/s, 1 min 5 s left",
    "  looks dead: part 2/12, silent for 3 min 5 s after 200 of 400 images",
    "  failed: part 3/12",
    "  stopped: part 5/12, 6/12",
    `  not begun: part ${silent.map((i) => `${i}/12`).join(", ")}`,
  ]);
});

Deno.test("renderProgress() names the first few of many parts", () => {
  const idle = { ...STAGE, imagesPerSecond: 0, secondsLeft: null };
  assertEquals(renderProgress([idle]), [
    "embeddings: 8/48 shards, 0/12 parts, nobody at work",
    "  not begun: part 1/12, 2/12, 3/12, 4/12, 5/12, 6/12, 7/12, 8/12 and 3 more",
  ]);
});
