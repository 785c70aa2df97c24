/** The index of photos in memory, for tests. */

import { listDataset } from "../../pipeline/dataset/dataset_source.ts";
import type { Config } from "../../pipeline/config/config_type.ts";
import { DATASET_INDEX } from "../../pipeline/stages/dataset_index.ts";
import { completeStage } from "../support/complete_stage.ts";
import { FIXTURES } from "../support/fixtures.ts";
import type { MemoryStore } from "../support/memory_store.ts";
import type { TestContext } from "../support/stage_context.ts";

const PHOTO = await Deno.readFile(
  new URL("images/train/leaf/leaf_01.jpg", FIXTURES),
);

/** Photos whose bytes differ, as every copy has other bytes behind its end. */
export function photos(...paths: string[]): Record<string, Uint8Array> {
  return Object.fromEntries(
    paths.map((path, i) => [path, Uint8Array.of(...PHOTO, i)]),
  );
}

/** Runs the stage. */
export async function index(
  store: MemoryStore,
  context: TestContext,
  config: Partial<Config> = {},
) {
  const source = { store, origin: "photos" };
  const photos = {
    open: () => Promise.resolve(source),
    list: () => listDataset(source),
  };
  const openPreprocessor = () => ({
    atOnce: 2,
    preprocess: () => Promise.resolve(new Uint8Array()),
    [Symbol.dispose]() {},
  });
  const outside = { photos, openPreprocessor, config };
  return await completeStage(DATASET_INDEX, outside, context);
}
