/**
 * Small trainings for the tests of the head stage.
 *
 * @module
 */

import { startTfjs } from "../../pipeline/backbone/engines/tfjs_backend.ts";
import { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";
import { openTfjsHead } from "../../pipeline/head/tfjs_network.ts";
import { uniformNumbers } from "../../pipeline/head/random.ts";
import {
  type HeadInput,
  type HeadOptions,
  planHead,
  trainHead,
} from "../../pipeline/stages/head.ts";
import type { StageResult } from "../../pipeline/stages/run_stage.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { type TestContext, testContext } from "../support/stage_context.ts";

/** Options under which training stops by itself. */
export const OPTIONS: HeadOptions = {
  seed: 1,
  epochs: 30,
  stepsPerEpoch: null,
  validationSteps: null,
  batchSize: 8,
  dropout: 0.5,
  learningRate: 0.05,
  schedule: "constant",
  warmupSteps: 0,
  classWeights: "none",
  labelSmoothing: 0,
  weightDecay: 0,
  hidden: 16,
  activation: "relu",
  patience: 3,
};

/** Numbers without any pattern, so that training soon learns them by heart. */
function noise(count: number, key: number): EmbeddingSource {
  const uniform = uniformNumbers(key);
  const records = Int32Array.from({ length: count }, (_, i) => i);
  const embeddings = Float32Array.from(
    { length: count * 4 },
    (_, i) => uniform(i),
  );
  const labels = records.map((i) => i % 2);
  const shards = [{ embeddings, labels, records }];
  return new EmbeddingSource(shards, { views: 1, size: 4 });
}

/** What the stage works on. */
export const INPUT: HeadInput = {
  train: noise(24, 1),
  validation: noise(16, 2),
  classes: 2,
  open: openTfjsHead,
  metadata: { classes: '["a","b"]' },
};

/** Runs the stage on wasm. */
export async function run(
  context: TestContext,
  options: Partial<HeadOptions> = {},
  metadata: Record<string, string> = {},
): Promise<StageResult> {
  const backend = await startTfjs("wasm");
  try {
    const work = planHead("00", { ...OPTIONS, ...options });
    const input = {
      ...INPUT,
      metadata: { ...INPUT.metadata, ...metadata },
    };
    return await trainHead(work, () => Promise.resolve(input), context);
  } finally {
    await backend.stop();
  }
}

/** Stops the stage after some epochs. */
export function stopAfter(
  epochs: number,
  store = new MemoryStore(),
): TestContext {
  const context = testContext(store);
  const { emit } = context;
  context.emit = (event) => {
    emit(event);
    if (event.type === "epoch" && event.record.epoch === epochs) context.stop();
  };
  return context;
}

/** Finds a file of the head stage. */
export function find(store: MemoryStore, name: string): string {
  return [...store.files.keys()].find((path) => path.endsWith(`/${name}`))!;
}
