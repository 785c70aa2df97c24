import { assertEquals, assertLess } from "@std/assert";
import { drawValidationRows } from "../../pipeline/head/batches.ts";
import {
  decodeCheckpoint,
  encodeCheckpoint,
} from "../../pipeline/head/checkpoint.ts";
import { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";
import { uniformNumbers } from "../../pipeline/numeric/random.ts";
import {
  type EpochRecord,
  HeadTrainer,
  type TrainingOptions,
} from "../../pipeline/head/trainer.ts";
import type { OpenHead } from "../../pipeline/head/network.ts";
import { readView } from "../support/read_view.ts";
import { testHeads, withHeads } from "../backends/support.ts";

const SHAPE = {
  inputs: 8,
  hidden: 16,
  classes: 3,
  activation: "relu",
} as const;

/** Everything turned on; epochs of 4 steps where a pass has 7. */
const OPTIONS: TrainingOptions = {
  seed: 3,
  epochs: 6,
  stepsPerEpoch: 4,
  validationSteps: 2,
  batchSize: 8,
  dropout: 0.5,
  learningRate: 0.02,
  schedule: "cosine",
  warmupSteps: 5,
  classWeights: "balanced",
  labelSmoothing: 0.1,
  weightDecay: 0.01,
};

/** Three clusters of uneven size that a line can divide, in shards of 20. */
function clusters(count: number): EmbeddingSource {
  const uniform = uniformNumbers(1, 99);
  const labelOf = (sample: number) => [0, 1, 2, 2][sample % 4]!;
  const shards = [];
  for (let start = 0; start < count; start += 20) {
    const n = Math.min(20, count - start);
    const records = Int32Array.from({ length: n }, (_, i) => start + i);
    const embeddings = Float32Array.from({ length: n * 16 }, (_, i) => {
      const label = labelOf(start + Math.floor(i / 16));
      return uniform(start * 16 + i) + (i % 8 === label ? 2 : 0);
    });
    shards.push({ embeddings, labels: records.map(labelOf), records });
  }
  return new EmbeddingSource(shards, { views: 2, size: 8 });
}

const DATA = { train: clusters(50), validation: clusters(30) };

/** Trains some epochs and returns the bytes of the checkpoint. */
async function train(
  open: OpenHead,
  options: TrainingOptions,
  epochs: number,
  from?: Uint8Array,
): Promise<{ bytes: Uint8Array; history: EpochRecord[] }> {
  const read = from && await decodeCheckpoint(from, { shape: SHAPE, path: "" });
  const history = read?.history ?? [];
  const trainer = new HeadTrainer(SHAPE, options, {
    ...DATA,
    open,
    state: read?.state,
  });
  for (let i = 0; i < epochs; i++) history.push(await trainer.trainEpoch());
  const checkpoint = { state: await trainer.state(), history };
  await trainer.dispose();
  return { bytes: await encodeCheckpoint(SHAPE, checkpoint, {}), history };
}

testHeads(
  ["wasm", "cpu"],
  (engine) =>
    `trainEpoch() ends at the same bytes on ${engine} when it went on from a checkpoint within a pass`,
  async (open) => {
    const whole = await train(open, OPTIONS, 6);
    const half = await train(open, OPTIONS, 3);
    const rest = await train(open, OPTIONS, 3, half.bytes);
    assertEquals(rest.bytes, whole.bytes);
    assertEquals(rest.history, whole.history);
  },
);

Deno.test("trainEpoch() counts steps as Keras does when an epoch is not a pass", () =>
  withHeads("wasm", async (open) => {
    const { history } = await train(open, OPTIONS, 2);
    assertEquals(history.map(({ epoch, step }) => [epoch, step]), [
      [1, 4],
      [2, 8],
    ]);
    // Of the warm-up, its fourth step of five.
    assertEquals(history[0]!.learningRate, 0.02 * 4 / 5);
  }));

Deno.test("trainEpoch() goes once through the split when no number of steps is given", () =>
  withHeads("wasm", async (open) => {
    const { history } = await train(
      open,
      { ...OPTIONS, stepsPerEpoch: null },
      1,
    );
    assertEquals(history[0]!.step, 7);
    // Accuracies are shares of 50 samples, the last batch of 2 included.
    const { trainAccuracy } = history[0]!;
    assertEquals(Math.round(trainAccuracy * 50) / 50, trainAccuracy);
  }));

Deno.test("trainEpoch() validates on as many samples as the steps hold", () =>
  withHeads("wasm", async (open) => {
    const [two] = (await train(open, OPTIONS, 1)).history;
    const rows = drawValidationRows({ seed: 3, count: 30, limit: 16 });
    const source = DATA.validation;
    const shard = {
      embeddings: Float32Array.from([...rows].flatMap((row) => [
        ...readView(source, row, 0),
      ])),
      labels: rows.map((row) => source.labels[row]!),
      records: rows,
    };
    const validation = new EmbeddingSource([shard], { views: 1, size: 8 });
    const options = { ...OPTIONS, validationSteps: null };
    const data = { train: DATA.train, validation, open };
    const trainer = new HeadTrainer(SHAPE, options, data);
    assertEquals(await trainer.trainEpoch(), two);
    await trainer.dispose();
  }));

Deno.test("trainEpoch() has no validation numbers when there is no split for them", () =>
  withHeads("wasm", async (open) => {
    const { train } = DATA;
    const trainer = new HeadTrainer(SHAPE, OPTIONS, { train, open });
    assertEquals(Object.keys(await trainer.trainEpoch()), [
      "epoch",
      "step",
      "learningRate",
      "trainLoss",
      "trainAccuracy",
    ]);
    await trainer.dispose();
  }));

testHeads(
  ["wasm", "cpu"],
  (engine) => `trainEpoch() learns to tell clusters apart on ${engine}`,
  async (open) => {
    const options: TrainingOptions = {
      ...OPTIONS,
      stepsPerEpoch: null,
      validationSteps: null,
      labelSmoothing: 0,
      warmupSteps: 0,
    };
    const { history } = await train(open, options, 6);
    const losses = history.map(({ validationLoss }) => validationLoss!);
    losses.slice(1).forEach((loss, i) => assertLess(loss, losses[i]!));
    assertEquals(history.at(-1)!.validationAccuracy, 1);
    assertLess(history.at(-1)!.trainLoss, history[0]!.trainLoss / 2);
    assertLess(history[0]!.trainAccuracy, history.at(-1)!.trainAccuracy);
  },
);
