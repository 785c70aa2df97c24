/**
 * Small trainings for the tests of the head stage.
 *
 * @module
 */

import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";
import { uniformNumbers } from "../../pipeline/numeric/random.ts";
import { HEAD } from "../../pipeline/stages/head.ts";
import type { HeadOptions } from "../../pipeline/stages/head_options.ts";
import type { Opened } from "../../pipeline/stages/stage.ts";
import { completeStage, testInput } from "../support/complete_stage.ts";
import { withCompute } from "../backends/support.ts";
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

const COUNTS = { train: 24, validation: 16 };

/** Inputs of the stage. */
const INPUTS = {
  index: await testInput({ classNames: ["a", "b"] }),
  embeddings: await testInput({
    loadSplit: (split: string) =>
      Promise.resolve(split === "train" ? noise(24, 1) : noise(16, 2)),
  }, { counts: COUNTS }),
};

/** Runs the stage on wasm, under the name of an engine. */
export async function run(
  context: TestContext,
  options: Partial<HeadOptions> = {},
  { engine = "wasm", checkDevices = () => {} } = {},
): Promise<Opened<typeof HEAD>> {
  return await withCompute(
    "wasm",
    ({ openHead, multiply }) =>
      completeStage(HEAD, {
        inputs: INPUTS,
        config: { ...OPTIONS, ...options },
        openCompute: () =>
          Promise.resolve({ name: engine, openHead, multiply }),
        checkDevices,
      }, context),
  );
}

/** Names the work of the stage. */
export async function workOf(options: Partial<HeadOptions> = {}) {
  const { files } = await openHead(options);
  return files.work;
}

/** Opens the files of the stage without running it. */
export async function openHead(
  options: Partial<HeadOptions> = {},
  store = new MemoryStore(),
) {
  const { embeddings } = INPUTS;
  const work = {
    stage: HEAD.name,
    version: HEAD.version,
    config: { ...OPTIONS, ...options },
    inputs: { embeddings: embeddings.files.fingerprint },
  };
  return { files: await StageFiles.open(store, work) };
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
