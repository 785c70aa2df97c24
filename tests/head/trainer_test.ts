import { assert, assertEquals } from "@std/assert";
import { batchDrawer, batchesPerPass } from "../../pipeline/head/batches.ts";
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
import { testHeads } from "../backends/support.ts";

const SHAPE = {
  inputs: 8,
  hidden: 16,
  classes: 3,
  activation: "linear",
} as const;

const OPTIONS: TrainingOptions = {
  seed: 3,
  epochs: 6,
  stepsPerEpoch: null,
  validationSteps: null,
  batchSize: 16,
  dropout: 0.5,
  learningRate: 0.01,
  schedule: "constant",
  warmupSteps: 0,
  classWeights: "none",
  labelSmoothing: 0,
  weightDecay: 0,
};

/** Three clusters that a line can divide. */
function clusters(count: number): EmbeddingSource {
  const uniform = uniformNumbers(1, 99);
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const embeddings = Float32Array.from(
    { length: count * 2 * 8 },
    (_, i) => uniform(i) + (i % 8 === labels[Math.floor(i / 16)]! ? 2 : 0),
  );
  const records = Int32Array.from({ length: count }, (_, i) => i);
  return new EmbeddingSource([{ embeddings, labels, records }], {
    views: 2,
    size: 8,
  });
}

testHeads(
  ["wasm", "cpu"],
  (engine) =>
    `HeadTrainer goes on from a checkpoint to the same bytes on ${engine}`,
  async (open) => {
    const train = clusters(50);
    const runEpochs = async (trainer: HeadTrainer, count: number) => {
      const history: EpochRecord[] = [];
      for (let i = 0; i < count; i++) history.push(await trainer.trainEpoch());
      const state = await trainer.state();
      await trainer.dispose();
      return { state, history };
    };
    const data = { train, validation: train, open };
    const whole = await runEpochs(new HeadTrainer(SHAPE, OPTIONS, data), 6);
    const half = await runEpochs(new HeadTrainer(SHAPE, OPTIONS, data), 3);
    const bytes = await encodeCheckpoint(SHAPE, half, {});
    const read = await decodeCheckpoint(bytes, { shape: SHAPE, path: "c" });
    const { state } = read;
    const rest = await runEpochs(
      new HeadTrainer(SHAPE, OPTIONS, { ...data, state }),
      3,
    );
    const history = [...read.history, ...rest.history];
    assertEquals(
      await encodeCheckpoint(SHAPE, { state: rest.state, history }, {}),
      await encodeCheckpoint(SHAPE, whole, {}),
    );
    assertEquals(whole.history.at(-1)!.step, 24);
    const losses = whole.history.map(({ validationLoss }) => validationLoss!);
    assert(losses.at(-1)! < losses[0]!);
  },
);

Deno.test("batchDrawer() shows every sample once a pass, in an order of its own", () => {
  const options = { seed: 5, count: 10, views: 2, batchSize: 4 };
  assertEquals(batchesPerPass(options), 3);
  const pass = (first: number) =>
    [0, 1, 2].flatMap((i) => [...batchDrawer(options)(first + i).rows]);
  const ascending = Array.from({ length: 10 }, (_, i) => i);
  assertEquals(pass(0).toSorted((a, b) => a - b), ascending);
  assertEquals(pass(3).toSorted((a, b) => a - b), ascending);
  assert(`${pass(0)}` !== `${pass(3)}`);
  assertEquals(batchDrawer(options)(7), batchDrawer(options)(7));
});

Deno.test("uniformNumbers() is uniform and differs between keys", () => {
  const n = 20_000;
  const mean = (key: number[]) => {
    const uniform = uniformNumbers(...key);
    let sum = 0;
    for (let i = 0; i < n; i++) sum += uniform(i);
    return sum / n;
  };
  for (const key of [[0, 4, 0, 0], [0, 4, 1, 0], [7, 2, 3]]) {
    // Four standard errors of the mean of n uniform numbers.
    assert(Math.abs(mean(key) - 0.5) < 4 / Math.sqrt(12 * n));
  }
  assert(uniformNumbers(0, 4, 0)(0) !== uniformNumbers(0, 4, 1)(0));
});
