/**
 * Embedding on the CPU: the whole train task, the wasm engine, and others with
 * the same network.
 *
 * @module
 */

import { join } from "@std/path";
import type { Row } from "../bench_row.ts";
import { denoProgram, type Program } from "../child.ts";
import type { BenchCase, BenchContext } from "../context.ts";
import { type Entrant, Field } from "../field.ts";
import { makePhotos } from "../make_photos.ts";
import {
  measureParts,
  measureTask,
  removeArtifacts,
} from "../measured_task.ts";
import { writeWeights } from "../network.ts";
import { pythonProgram } from "../python.ts";
import type { TrainTiming } from "../runners/train_task.ts";
import { median } from "../statistics.ts";
import { compareEmbeddings } from "./agreement.ts";
import { sharesOfPeak } from "./shares.ts";

/** Photos of the train task; each has two views, and start-up is told apart. */
const PHOTOS = 96;

/** Images a batch that the others are given: what they like best on the CPU. */
const BATCH = 8;

/** The whole train task, prepared. */
export interface TrainTask {
  /** Its work directory. */
  work: string;
  /** Embeds everything anew; returns views a second. */
  run: () => Promise<number>;
  /** Seconds before each run until the engine was there. */
  startUps: number[];
  /** The same of the first run, which does more: it is not measured. */
  firstStartUp: number;
}

/** Prepares the train task, with a precision of the backbone. */
export async function prepareTask(
  weights: string,
  context: BenchContext,
  precision: "float32" | "int8" = "float32",
): Promise<TrainTask> {
  const { directory, imageSize, once } = context;
  const data = join(directory, "embedding-photos");
  const work = join(directory, `embedding-work-${precision}`);
  await once("embedding-photos", () => makePhotos(data, PHOTOS));
  await measureTask("prepare", [
    `--work=${work}`,
    `--data=${data}`,
    `--backbone=${weights}`,
    `--image-size=${imageSize}`,
    "--preprocessing=seed",
    "--validation=0",
  ]);
  const startUps: number[] = [];
  const run = async () => {
    const settings = { engine: "cpu", epochs: 1, precision };
    const { output } = await measureParts("train", work, settings);
    const { startUp, embedding } = output as unknown as TrainTiming;
    startUps.push(startUp);
    await removeArtifacts(work, ["embeddings", "head"]);
    return PHOTOS * 2 / embedding;
  };
  await run();
  const [firstStartUp] = startUps.splice(0);
  return { work, run, startUps, firstStartUp: firstStartUp! };
}

/** The programs beside the train task. */
export function entrants(
  weights: string,
  context: BenchContext,
): Record<string, Entrant> {
  const { imageSize, cores } = context;
  const network = [weights, `${imageSize}`];
  const entrant = (
    count: number,
    program: () => Program | Promise<Program>,
  ): Entrant => ({ count, program });
  return {
    cpu: entrant(
      64,
      () => denoProgram("runners/engine.ts", ["cpu", ...network, "0"]),
    ),
    "onnxruntime-node": entrant(
      64,
      () => denoProgram("runners/onnx_node.ts", [...network, `${BATCH}`]),
    ),
    PyTorch: entrant(
      32,
      () =>
        pythonProgram("peers/torch_backbone.py", ["torch", "torchvision"], [
          ...network,
          `${BATCH}`,
          `${cores}`,
        ]),
    ),
    wasm: entrant(
      8 * cores,
      () => denoProgram("runners/engine.ts", ["wasm", ...network, "0"]),
    ),
    "tfjs-wasm": entrant(
      8,
      () => denoProgram("runners/tfjs_plain.ts", [...network, "4"]),
    ),
    "onnxruntime-web": entrant(
      8,
      () => denoProgram("peers/onnx_web.ts", [...network, "4", `${cores}`]),
    ),
  };
}

/** Measures. */
async function run(context: BenchContext): Promise<Row[]> {
  const weights = await writeWeights(context);
  context.note("preparing the train task");
  const task = await prepareTask(weights, context);
  await using field = new Field();
  const others = await field.start(entrants(weights, context), context);
  await field.compete({ train: task.run, ...others }, context);
  const unit = "images/s";
  const startUp = `start-up ${median(task.startUps).toFixed(1)} s apart`;
  const least = (value: number) => ({ kind: "least", value }) as const;
  const threads = `${context.cores} threads`;
  return [
    field.compare("train task on cpu / bare onnxruntime-node", [
      "train",
      "onnxruntime-node",
    ], { unit, target: least(0.92), note: startUp }),
    field.compare("cpu engine / bare onnxruntime-node", [
      "cpu",
      "onnxruntime-node",
    ], { unit }),
    field.compare("train task on cpu / PyTorch", ["train", "PyTorch"], {
      unit,
      target: least(2),
      note: threads,
    }),
    field.compare("wasm engine / plain tfjs-wasm", ["wasm", "tfjs-wasm"], {
      unit,
      target: least(1.9),
      note: `${context.cores} workers beside one thread, not folded`,
    }),
    field.compare("wasm engine / onnxruntime-web wasm", [
      "wasm",
      "onnxruntime-web",
    ], { unit, note: threads }),
    ...await sharesOfPeak(field, ["cpu", "wasm"], context),
    ...await compareEmbeddings(field, ["cpu", "wasm"], "PyTorch"),
  ];
}

/** The case. */
export const EMBEDDING: BenchCase = {
  name: "embedding",
  summary: "cpu and wasm beside onnxruntime, PyTorch and plain tfjs",
  run,
};
