import { assertEquals } from "@std/assert";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { warnOfSpace } from "../../pipeline/shards/space.ts";
import { testContext } from "../support/stage_context.ts";

const WORK = { stage: "tensors", version: 1, config: {}, inputs: {} };

Deno.test.each<[free: number | undefined, bytes: number, warns: boolean]>([
  [undefined, 1e12, false],
  [1e6, 1e6, false],
  // 100 bytes are there.
  [1e6, 1e6 + 100, false],
  [1e6, 2.5e6 + 100, true],
])("warnOfSpace() of %j free bytes for %j", async (free, bytes, warns) => {
  const context = testContext();
  const { store, events } = context;
  const files = await StageFiles.open(store, WORK);
  await files.write("a", new Uint8Array(100));
  store.free = free;
  await warnOfSpace({ ...context, files }, bytes);
  const message =
    "tensors needs about 2.5 MB, and 1 MB are free: it stops when the disk is full, and goes on when there is room";
  const warning = { type: "warning", stage: "tensors", message } as const;
  assertEquals(events, warns ? [warning] : []);
});
