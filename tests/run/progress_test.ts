import { assertEquals } from "@std/assert";
import type { PartNote } from "../../pipeline/run/part_notes.ts";
import { summarizeParts } from "../../pipeline/run/progress.ts";

const START = "2026-01-01T00:00:00.000Z";

/** A moment so many seconds after the start. */
function after(seconds: number): string {
  return new Date(Date.parse(START) + seconds * 1000).toISOString();
}

/** A part of three with four shards of 100 images. */
function note(index: number, changes: Partial<PartNote> = {}): PartNote {
  return {
    ...{ index, count: 3, state: "running", shards: 4, shardsOfStage: 12 },
    ...{ images: 400, imagesDone: 200, imagesKept: 0, startedAt: START },
    updatedAt: after(100),
    ...changes,
  };
}

/** What there is at so many seconds after the start. */
function look(notes: readonly PartNote[], shardsDone: number, seconds: number) {
  const nowMs = Date.parse(START) + seconds * 1000;
  return summarizeParts("tensors", notes, { shardsDone, nowMs });
}

Deno.test("summarizeParts() adds up the rates of the parts that are at work", () => {
  const progress = look(
    [note(0), note(1, { imagesKept: 100 }), note(2, { state: "done" })],
    8,
    101,
  );
  // 200 images in 100 s, and 100 in 100 s; four shards of 100 images are left.
  assertEquals([progress.imagesPerSecond, progress.secondsLeft], [3, 400 / 3]);
  assertEquals([progress.shardsDone, progress.shards, progress.count], [
    8,
    12,
    3,
  ]);
  assertEquals(progress.parts.map(({ quietSeconds }) => quietSeconds), [
    1,
    1,
    1,
  ]);
});

Deno.test("summarizeParts() counts shards of parts that have not begun", () => {
  const progress = look([note(1)], 2, 100);
  assertEquals(progress.secondsLeft, 10 * 100 / 2);
  assertEquals(progress.parts.map(({ index }) => index), [1]);
});

Deno.test.each([
  ["tells every shard", note(0), 349, false],
  ["is silent for five shards of 50 s", note(0), 351, true],
  [
    "is fast and silent for a minute",
    note(0, { imagesDone: 40_000 }),
    161,
    true,
  ],
  ["has made nothing for nine minutes", note(0, { imagesDone: 0 }), 640, false],
  ["has made nothing for ten minutes", note(0, { imagesDone: 0 }), 701, true],
  ["has ended", note(0, { state: "stopped" }), 9999, false],
])(
  "summarizeParts() says whether a part looks dead that %s",
  (_, part, seconds, dead) => {
    const { parts, imagesPerSecond, secondsLeft } = look([part], 2, seconds);
    assertEquals(parts[0]!.looksDead, dead);
    const isAtWork = part.state === "running" && !dead && part.imagesDone > 0;
    assertEquals([imagesPerSecond > 0, secondsLeft !== null], [
      isAtWork,
      isAtWork,
    ]);
  },
);
