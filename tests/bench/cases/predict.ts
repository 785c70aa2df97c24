/**
 * Predicting: its rate beside the stage that embeds, its memory, and how long the
 * first answer takes.
 *
 * @module
 */

import { join } from "@std/path";
import { compareRounds, type Row } from "../bench_row.ts";
import type { BenchCase, BenchContext } from "../context.ts";
import { copyPhotos, PHOTOS } from "../copy_photos.ts";
import {
  type MeasuredRun,
  measureParts,
  measureTask,
  removeArtifacts,
  requirePeak,
} from "../measured_task.ts";
import { writeWeights } from "../network.ts";
import type { PrepareTiming } from "../runners/prepare_task.ts";
import type { TrainTiming } from "../runners/train_task.ts";

/** Settings of every run: the device, and no time for the head. */
const SETTINGS = { engine: "cpu", epochs: 1 };

/** A trained run, and the photos that it is tried on. */
interface Trial {
  /** Work directory. */
  work: string;
  /** Photos that the embeddings stage sees; each has two views. */
  trained: number;
  /** Predicts photos. */
  predict: (...photos: string[]) => Promise<MeasuredRun>;
}

/** Prepares and trains a run on some copies of each photo. */
async function prepareTrial(
  name: string,
  { copies, flags }: { copies: number; flags: readonly string[] },
  { directory }: BenchContext,
): Promise<Trial> {
  const work = join(directory, `predict-${name}`);
  const data = join(directory, `predict-${name}-photos`);
  const trained = await copyPhotos(data, copies);
  await measureTask("prepare", [
    `--work=${work}`,
    `--data=${data}`,
    "--validation=0",
    ...flags,
  ]);
  await measureParts("train", work, SETTINGS);
  const predict = (...photos: string[]) =>
    measureTask("predict", [`--work=${work}`, ...photos]);
  return { work, trained, predict };
}

/** Embeds the photos of a trial anew; returns views a second, without start-up. */
async function embed({ work, trained }: Trial): Promise<number> {
  await removeArtifacts(work, ["embeddings", "head"]);
  const { output } = await measureParts("train", work, SETTINGS);
  return 2 * trained / (output as unknown as TrainTiming).embedding;
}

/** Decodes the photos of a trial anew; returns photos a second. */
async function decode({ work, trained }: Trial): Promise<number> {
  await removeArtifacts(work, ["tensors"]);
  const { output } = await measureParts("prepare", work, {});
  return trained / (output as unknown as PrepareTiming).tensors;
}

/** What a trial is measured with. */
interface RateOptions {
  /** Folder of photos. */
  data: string;
  /** How many there are. */
  photos: number;
  /** Most seconds of the first answer. */
  most: number;
  /** Whether the stages that predict is compared with decode, too. */
  decodes: boolean;
}

/** Measures the rate and the first answer of a run, in rounds. */
async function measureRates(
  name: string,
  trial: Trial,
  context: BenchContext,
  options: RateOptions,
): Promise<Row[]> {
  const { data, photos, most, decodes } = options;
  const one = await firstPhoto();
  await trial.predict(one);
  const rates: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  const firsts: number[] = [];
  for (let round = 1; round <= context.runs; round++) {
    context.note(`${name}, round ${round} of ${context.runs}`);
    const decoding = decodes ? 1 / await decode(trial) : 0;
    rates.peer.push(1 / (decoding + 1 / await embed(trial)));
    const first = (await trial.predict(one)).seconds;
    const { seconds } = await trial.predict(data);
    firsts.push(first);
    // Both without the time until the device is ready.
    rates.ours.push((photos - 1) / (seconds - first));
  }
  const stages = decodes ? "tensors and embeddings stages" : "embeddings stage";
  return [
    compareRounds(`predict / ${stages}, ${name} backbone, cpu`, {
      ...rates,
      unit: "views/s",
      target: { kind: "least", value: 0.95 },
      note: `${photos} photos, decoded too; start-up apart`,
    }),
    compareRounds(`first answer for one photo, ${name} backbone, cpu`, {
      ours: firsts,
      unit: "s",
      target: { kind: "most", value: most },
    }),
  ];
}

/** Finds a photo. */
async function firstPhoto(): Promise<string> {
  for await (const { name: label } of Deno.readDir(PHOTOS)) {
    const folder = new URL(`${label}/`, PHOTOS);
    for await (const { name } of Deno.readDir(folder)) {
      return new URL(name, folder).pathname;
    }
  }
  throw new Error(`Cannot measure as there is no photo in "${PHOTOS}"`);
}

/** Measures the memory of many photos beside that of a tenth of them. */
async function measureMemory(
  trial: Trial,
  context: BenchContext,
  folders: { many: string; few: string },
): Promise<Row> {
  const [ours, peer]: [number[], number[]] = [[], []];
  for (let round = 1; round <= context.runs; round++) {
    context.note(`memory, round ${round} of ${context.runs}`);
    peer.push(requirePeak(await trial.predict(folders.few)) / 1e6);
    ours.push(requirePeak(await trial.predict(folders.many)) / 1e6);
  }
  return compareRounds("peak memory of predict, photos / a tenth of them", {
    ours,
    peer,
    unit: "MB",
    target: { kind: "most", value: 1.1 },
  });
}

/** Measures. */
async function run(context: BenchContext): Promise<Row[]> {
  const { quick, directory, imageSize } = context;
  const many = join(directory, "predict-many");
  const photos = await copyPhotos(many, quick ? 10 : 67);
  const few = join(directory, "predict-few");
  await copyPhotos(few, quick ? 1 : 7);
  const some = join(directory, "predict-some");
  const fewer = await copyPhotos(some, 2);
  context.note("training two runs");
  const copies = quick ? 2 : 10;
  const embedded = await prepareTrial(
    "embedded",
    { copies, flags: [] },
    context,
  );
  const full = await prepareTrial("full", {
    copies: 1,
    flags: [
      `--backbone=${await writeWeights(context)}`,
      `--image-size=${imageSize}`,
      "--preprocessing=seed",
    ],
  }, context);
  return [
    ...await measureRates("full-size", full, context, {
      data: some,
      photos: fewer,
      most: 2.5,
      decodes: false,
    }),
    ...await measureRates("embedded", embedded, context, {
      data: many,
      photos,
      most: 1,
      // Decoding a photo takes longer than this network.
      decodes: true,
    }),
    await measureMemory(embedded, context, { many, few }),
  ];
}

/** The case. */
export const PREDICT: BenchCase = {
  name: "predict",
  summary: "predict beside the embeddings stage; memory, and the first answer",
  run,
};
