/**
 * How long a training step of the head takes, beside PyTorch.
 *
 * Both take turns, several times, so that what else the machine does falls on
 * both. A step is all that training does for a batch: gathering, dropout,
 * forward, backward, Adam.
 *
 * @module
 */

import type { EngineName } from "../../pipeline/backbone/engine.ts";
import { batchDrawer } from "../../pipeline/head/batches.ts";
import { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";
import { type HeadShape, initializeHead } from "../../pipeline/head/model.ts";
import { uniformNumbers } from "../../pipeline/head/random.ts";
import { StepInputs } from "../../pipeline/head/step_inputs.ts";
import { openHeadEngine } from "../../pipeline/workflow/head_engine.ts";

/** What is measured. */
export interface HeadStepOptions {
  /** Shape of the head. @default {2048 to 1024 to 100} */
  shape?: HeadShape;
  /** Samples a batch. @default {64} */
  batch?: number;
  /** The engine. @default {"auto"} */
  engine?: "auto" | EngineName;
  /** A Python that has PyTorch, or `null` for no comparison. @default {"/usr/bin/python3"} */
  python?: string | null;
  /** Threads of PyTorch. @default {2} */
  threads?: number;
  /** Turns of each. @default {5} */
  turns?: number;
  /** Steps a turn, 20 more before them to warm up. @default {60} */
  steps?: number;
}

/** Durations of the steps of a turn, in milliseconds. */
export interface StepTimes {
  /** The median. */
  medianMs: number;
  /** The shortest, which what else the machine does has disturbed least. */
  fastestMs: number;
}

/** One turn of each. */
export interface HeadStepRow {
  /** Here. */
  ours: StepTimes;
  /** With PyTorch; absent without a comparison. */
  peer?: StepTimes;
  /** Median step here by median step with PyTorch. */
  ratio?: number;
  /** Fastest step here by fastest step with PyTorch. */
  fastestRatio?: number;
}

/** What was measured. */
export interface HeadStepResult {
  /** The engine. */
  engine: EngineName;
  /** Median of the ratios of the turns; absent without a comparison. */
  ratio?: number;
  /** Fastest step of all turns here by that with PyTorch. */
  fastestRatio?: number;
  /** The turns. */
  rows: HeadStepRow[];
}

/** Steps before those that count. */
const WARM_UP = 20;

/** Samples to draw from. */
const SAMPLES = 1000;

/** The head at full size. */
const FULL_SIZE: HeadShape = {
  inputs: 2048,
  hidden: 1024,
  classes: 100,
  activation: "linear",
};

/** The middle of some numbers. */
function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!;
}

/** Sums up durations. */
function summarize(durations: readonly number[]): StepTimes {
  return {
    medianMs: median(durations),
    fastestMs: Math.min(...durations),
  };
}

/** Compares two turns. */
function compare(ours: StepTimes, peer: StepTimes): HeadStepRow {
  const ratio = ours.medianMs / peer.medianMs;
  const fastestRatio = ours.fastestMs / peer.fastestMs;
  return { ours, peer, ratio, fastestRatio };
}

/** Embeddings without any pattern. */
function noise({ inputs, classes }: HeadShape): EmbeddingSource {
  const uniform = uniformNumbers(1);
  const embeddings = Float32Array.from(
    { length: SAMPLES * 2 * inputs },
    (_, i) => uniform(i),
  );
  const records = Int32Array.from({ length: SAMPLES }, (_, i) => i);
  const labels = records.map((i) => i % classes);
  const shards = [{ embeddings, labels, records }];
  return new EmbeddingSource(shards, { views: 2, size: inputs });
}

/** Opens a head; returns what trains some steps and gives their durations. */
async function openOurs(shape: HeadShape, options: HeadStepOptions) {
  const { batch: batchSize = 64, engine = "auto" } = options;
  const { opened } = await openHeadEngine(engine);
  const source = noise(shape);
  const { classes } = shape;
  const inputs = new StepInputs(
    shape,
    { seed: 1, batchSize, dropout: 0.5, labelSmoothing: 0 },
    { source, classWeights: new Float32Array(classes).fill(1) },
  );
  const draw = batchDrawer({ seed: 1, count: SAMPLES, views: 2, batchSize });
  const network = opened.open(shape, { parameters: initializeHead(shape, 1) });
  let t = 0;
  return {
    name: opened.name,
    async train(steps: number): Promise<number[]> {
      const durations: number[] = [];
      while (durations.length < steps) {
        const start = performance.now();
        const input = inputs.gather(draw(t), t);
        t++;
        await network.step(input, { t, learningRate: 1e-3, weightDecay: 0 });
        durations.push(performance.now() - start);
      }
      return durations;
    },
    async close() {
      await network.dispose();
      await opened.stop();
    },
  };
}

/** Runs PyTorch; returns the durations of its steps. */
async function runPeer(
  python: string,
  numbers: readonly number[],
): Promise<number[]> {
  const script = new URL("torch_head_step.py", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(python, {
    args: [script, ...numbers.map(String)],
  }).output();
  const decoder = new TextDecoder();
  if (success) return JSON.parse(decoder.decode(stdout));
  throw new Error(
    `Cannot run "${script}" as it must end well: ${decoder.decode(stderr)}`,
  );
}

/**
 * Measures a training step.
 *
 * @param options What is measured.
 * @returns The numbers.
 * @throws {BackendUnavailableError} If the engine cannot be had.
 * @throws {Error} If PyTorch does not run.
 */
export async function benchHeadStep(
  options: HeadStepOptions = {},
): Promise<HeadStepResult> {
  const { shape = FULL_SIZE, batch = 64, threads = 2 } = options;
  const { python = "/usr/bin/python3", turns = 5, steps = 60 } = options;
  const { inputs, hidden, classes } = shape;
  const numbers = [inputs, hidden, classes, batch, threads, WARM_UP, steps];
  const ours = await openOurs(shape, options);
  const rows: HeadStepRow[] = [];
  while (rows.length < turns) {
    await ours.train(WARM_UP);
    const own = summarize(await ours.train(steps));
    rows.push(
      python === null
        ? { ours: own }
        : compare(own, summarize(await runPeer(python, numbers))),
    );
  }
  await ours.close();
  const engine = ours.name;
  if (python === null) return { engine, rows };
  const fastest = (side: "ours" | "peer") =>
    Math.min(...rows.map((row) => row[side]!.fastestMs));
  return {
    engine,
    ratio: median(rows.map((row) => row.ratio!)),
    fastestRatio: fastest("ours") / fastest("peer"),
    rows,
  };
}

if (import.meta.main) {
  // deno-lint-ignore no-console
  console.log(JSON.stringify(await benchHeadStep(), null, 2));
}
