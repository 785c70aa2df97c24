/**
 * A training step of the head, beside PyTorch's.
 *
 * Ours is measured through the train task, from the end of its first epoch to
 * that of its last, with a checkpoint an epoch.
 *
 * @module
 */

import { join } from "@std/path";
import { compareRounds, type Row } from "../bench_row.ts";
import { startChild } from "../child.ts";
import type { BenchCase, BenchContext } from "../context.ts";
import { makePhoto, makePhotos } from "../make_photos.ts";
import {
  measureParts,
  measureTask,
  removeArtifacts,
} from "../measured_task.ts";
import { writeWeights } from "../network.ts";
import { pythonProgram } from "../python.ts";
import { takeRounds } from "../rounds.ts";
import type { TrainTiming } from "../runners/train_task.ts";

/** Number of classes. */
const CLASSES = 100;

/** Photos, as many of each class. */
const PHOTOS = 600;

/** Side of the images, in pixels: little to embed, as long an embedding. */
const IMAGE_SIZE = 32;

/** The recipe's. */
const STEPS_PER_EPOCH = 100;

/** Epochs of ours; the first one is not measured. */
const EPOCHS = 3;

/** Prepares a run of a hundred classes and embeds it; returns its work directory. */
async function prepareRun(context: BenchContext): Promise<string> {
  const weights = await writeWeights(context);
  const data = join(context.directory, "head-photos");
  const work = join(context.directory, "head-work");
  await makePhotos(data, PHOTOS);
  const lines = Array.from({ length: PHOTOS }, (_, i) => {
    const label = `class_${i % CLASSES}`;
    return JSON.stringify({ path: makePhoto(i).path, label, split: "train" });
  });
  const list = join(data, "list.jsonl");
  await Deno.writeTextFile(list, lines.join("\n"));
  await measureTask("prepare", [
    `--work=${work}`,
    `--data=${list}`,
    `--backbone=${weights}`,
    `--image-size=${IMAGE_SIZE}`,
    "--preprocessing=seed",
    "--validation=0",
  ]);
  await measureTask("train", [`--work=${work}`, "--epochs=1"]);
  return work;
}

/** Measures. */
async function run(context: BenchContext): Promise<Row[]> {
  const { width, cores, quick } = context;
  const sizes = [width * 32, 1024, CLASSES, 64, cores];
  const program = await pythonProgram(
    "peers/torch_head.py",
    ["torch"],
    sizes.map(String),
  );
  context.note("preparing");
  const work = await prepareRun(context);
  await using torch = await startChild(program);
  const count = quick ? STEPS_PER_EPOCH / 5 : STEPS_PER_EPOCH;
  const ours = async () => {
    await removeArtifacts(work, ["head"]);
    const { output } = await measureParts("train", work, {
      epochs: EPOCHS,
      stepsPerEpoch: count,
    });
    return (output as unknown as TrainTiming).step! * 1000;
  };
  const peer = async () => (await torch.ask({ count })).seconds / count * 1000;
  context.note(`warming up, then ${context.runs} rounds`);
  await peer();
  await ours();
  const figures = await takeRounds({ ours, peer }, context.runs);
  return [compareRounds("step of the head / PyTorch's", {
    ours: figures.ours!,
    peer: figures.peer!,
    unit: "ms",
    target: { kind: "most", value: 0.9 },
    note: `${sizes.slice(0, 3).join("→")}, batch 64, ${cores} threads`,
  })];
}

/** The case. */
export const HEAD: BenchCase = {
  name: "head",
  summary: "a training step of the head beside PyTorch's",
  run,
};
