import { assertEquals, assertRejects } from "@std/assert";
import { listDataset } from "../../pipeline/dataset/dataset_source.ts";
import { DatasetError, LateImageError } from "../../pipeline/errors.ts";
import { preprocessImage } from "../../pipeline/image/preprocess.ts";
import { DATASET_INDEX } from "../../pipeline/stages/dataset_index.ts";
import { TENSORS } from "../../pipeline/stages/tensors.ts";
import { completeStage, testRun } from "../support/complete_stage.ts";
import { readFixture } from "../support/fixtures.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { type TestContext, testContext } from "../support/stage_context.ts";

const PHOTO = await readFixture("images/train/leaf/leaf_01.jpg");

/** Names of photos; each has a last byte of its own. */
const NAMES = ["train/a/0.jpg", "train/a/1.jpg", "train/b/2.jpg"];

/** Completes the stage; photos whose last byte is in `late` are not decoded in time, and in a second try some of them. */
async function makeTensors(
  context: TestContext,
  options: {
    late?: number[];
    again?: number[];
    strict?: boolean;
    shardSize?: number;
  } = {},
) {
  const { late = [], again = [], strict = false, shardSize = 1 } = options;
  const store = new MemoryStore(
    Object.fromEntries(
      NAMES.map((name, i) => [name, Uint8Array.of(...PHOTO, i)]),
    ),
  );
  const source = { store, origin: "photos" };
  const photos = {
    open: () => Promise.resolve(source),
    list: () => listDataset(source),
  };
  const { geometry } = testRun().preprocessing;
  const openPreprocessor = () => {
    const decode = (hung: number[], ms: number) => (bytes: Uint8Array) =>
      hung.includes(bytes.at(-1)!)
        ? Promise.reject(new LateImageError(ms))
        : preprocessImage(bytes, geometry);
    return {
      atOnce: 2,
      preprocess: decode(late, 60_000),
      again: decode(again, 240_000),
      [Symbol.dispose]() {},
    };
  };
  const own = { photos, openPreprocessor };
  const config = { shardSize, strict };
  const index = await completeStage(DATASET_INDEX, own, context);
  const outside = { ...own, config, inputs: { index } };
  return await completeStage(TENSORS, outside, context);
}

Deno.test("TENSORS leaves out photos that hang twice, and no others", async () => {
  const [whole, context] = [testContext(), testContext()];
  const all = await makeTensors(whole);
  const options = { late: [0, 1], again: [1] };
  const { files, manifest, ...rest } = await makeTensors(context, options);
  const rejection = {
    path: NAMES[1]!,
    reason: "it was not decoded in 240 s",
  };
  assertEquals(await Array.fromAsync(rest.streamRejected()), [rejection]);
  assertEquals(manifest.counts, {
    ...all.manifest.counts,
    train: 2,
    rejected: 1,
  });
  const heard = context.events.filter(({ type, stage }) =>
    stage === "tensors" && (type === "rejected" || type === "warning")
  );
  assertEquals(heard, [
    ...[0, 1].map((i) => ({
      type: "warning",
      stage: "tensors",
      message: `"${
        NAMES[i]
      }" is tried again, alone: it was not decoded in 60 s`,
    })),
    { type: "rejected", stage: "tensors", ...rejection },
  ]);
  for (const i of [0, 2]) {
    const path = files.path(`train-0000${i}-of-00003.safetensors`);
    assertEquals(context.store.files.get(path), whole.store.files.get(path));
  }
});

Deno.test("TENSORS makes the same bytes when a photo is in time in its second try alone", async () => {
  const [whole, context] = [testContext(), testContext()];
  await makeTensors(whole);
  await makeTensors(context, { late: [0, 2] });
  assertEquals(context.store.files, whole.store.files);
});

Deno.test("TENSORS with shards of another size try only the photos again that were rejected", async () => {
  const context = testContext();
  await makeTensors(context, { late: [1], again: [1] });
  const made = await makeTensors(context, { shardSize: 2 });
  assertEquals(await Array.fromAsync(made.streamRejected()), []);
  assertEquals([made.manifest.counts.train, made.tally?.reused], [3, 2]);
});

Deno.test("TENSORS of a strict run stops at a photo that hangs twice", async () => {
  const options = { late: [0], again: [0], strict: true };
  await assertRejects(
    () => makeTensors(testContext(), options),
    DatasetError,
    'Cannot use "train/a/0.jpg" as it was not decoded in 240 s; with --no-strict it is listed and left out',
  );
});
