import { assertEquals, assertRejects } from "@std/assert";
import { listDataset } from "../../pipeline/dataset/dataset_source.ts";
import { DatasetError, LateImageError } from "../../pipeline/errors.ts";
import { preprocessImage } from "../../pipeline/image/preprocess.ts";
import type { Geometry } from "../../pipeline/image/preprocessing.ts";
import { DATASET_INDEX } from "../../pipeline/stages/dataset_index.ts";
import { TENSORS } from "../../pipeline/stages/tensors.ts";
import { completeStage } from "../support/complete_stage.ts";
import { readFixture } from "../support/fixtures.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { type TestContext, testContext } from "../support/stage_context.ts";

const PHOTO = await readFixture("images/train/leaf/leaf_01.jpg");

/** Names of photos; each has a last byte of its own. */
const NAMES = ["train/a/0.jpg", "train/a/1.jpg", "train/b/2.jpg"];

/** Completes the stage; photos whose last byte is among `late` are not decoded in time. */
async function makeTensors(context: TestContext, late: number[] = []) {
  const store = new MemoryStore(
    Object.fromEntries(
      NAMES.map((name, i) => [name, Uint8Array.of(...PHOTO, i)]),
    ),
  );
  const source = { store, origin: "photos" };
  const photos = {
    open: () => Promise.resolve(source),
    list: () => listDataset(source),
    openPreprocessor: (geometry: Geometry) => ({
      atOnce: 2,
      preprocess: (bytes: Uint8Array) =>
        late.includes(bytes.at(-1)!)
          ? Promise.reject(new LateImageError(60_000))
          : preprocessImage(bytes, geometry),
      [Symbol.dispose]() {},
    }),
  };
  const config = { shardSize: 1 };
  const index = await completeStage(DATASET_INDEX, { photos }, context);
  const outside = { photos, config, inputs: { index } };
  return await completeStage(TENSORS, outside, context);
}

Deno.test("TENSORS goes on past photos that hang, keeps nothing of them, and is not complete", async () => {
  const [whole, context] = [testContext(), testContext()];
  const { files } = await makeTensors(whole);
  await assertRejects(
    () => makeTensors(context, [0, 1]),
    DatasetError,
    'Cannot use "train/a/0.jpg" and 1 more as photos must be decoded in time: run the task prepare again, or move what hangs again out of the photos',
  );
  const rejected = context.events.filter(({ type }) => type === "rejected");
  assertEquals(
    rejected,
    [0, 1].map((i) => ({
      type: "rejected",
      stage: "tensors",
      path: NAMES[i]!,
      reason: "it was not decoded in 60 s",
    })),
  );
  const written = context.store.writes.filter((path) =>
    path.startsWith(files.directory)
  );
  assertEquals(written, [files.path("train-00002-of-00003.safetensors")]);
  await makeTensors(context);
  assertEquals(context.store.files, whole.store.files);
});
