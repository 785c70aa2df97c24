/**
 * What 8 bits cost in accuracy: heads of many seeds on embeddings in both precisions.
 *
 * `PHOTOS` in the environment names a folder with a folder of photos for each class;
 * without it the photos are the flowers beside the project.
 */

import { basename, fromFileUrl } from "@std/path";
import { HAS_SHARED, SHARED } from "../../support/fixtures.ts";
import { compareRounds, type Row } from "../bench_row.ts";
import { type BenchCase, type BenchContext, SkipError } from "../context.ts";
import { measureTask } from "../measured_task.ts";

/** Seeds of the training; the split stays the same. */
const SEEDS = 8;

/** Epochs of each training. */
const EPOCHS = 60;

/** Share of the photos of each class to judge, where a folder has no splits. */
const VALIDATION = 0.3;

/** Finds the photos. */
function findPhotos(): { data: string; flags: string[] } {
  const data = Deno.env.get("PHOTOS");
  if (data) return { data, flags: [`--validation=${VALIDATION}`] };
  if (!HAS_SHARED) throw new SkipError("the photos are not beside the project");
  return { data: fromFileUrl(new URL("data/flowers", SHARED)), flags: [] };
}

/** The mean of numbers. */
function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** Measures. */
async function run(context: BenchContext): Promise<Row[]> {
  const { data, flags } = findPhotos();
  const seeds = context.quick ? 2 : SEEDS;
  const work = `${context.directory}/accuracy`;
  const { output } = await measureTask("prepare", [
    `--work=${work}`,
    `--data=${data}`,
    "--image-size=96",
    ...flags,
  ]);
  const { train, validation } = output.splits as Record<string, number>;
  const top1 = async (precision: string, seed: number) => {
    const { output } = await measureTask("train", [
      `--work=${work}`,
      `--precision=${precision}`,
      `--epochs=${EPOCHS}`,
      `--seed=${seed}`,
      "--engine=cpu",
    ]);
    return output.validationAccuracy as number;
  };
  const pairs: [int8: number, float32: number][] = [];
  for (let seed = 0; seed < seeds; seed++) {
    context.note(`seed ${seed + 1} of ${seeds}`);
    pairs.push([await top1("int8", seed), await top1("float32", seed)]);
  }
  const [int8, float32] = [0, 1].map((i) =>
    mean(pairs.map((pair) => pair[i]!))
  );
  const points = pairs.map(([a, b]) => 100 * (a - b)).sort((a, b) => a - b);
  const [least, most] = [points[0]!, points.at(-1)!];
  return [
    compareRounds(`top-1 on ${basename(data)}: int8 − float32`, {
      ours: [100 * (int8! - float32!)],
      unit: "points",
      target: { kind: "least", value: -0.5 },
      note: `${train} photos to train, ${validation} to judge; ${
        int8!.toFixed(3)
      } and ${float32!.toFixed(3)}, mean of ${seeds} seeds; one by one ${
        least.toFixed(1)
      } to ${most.toFixed(1)}`,
    }),
  ];
}

/** The case. */
export const ACCURACY: BenchCase = {
  name: "accuracy",
  summary: "top-1 in 8 bits beside 32, mean of 8 seeds",
  run,
};
