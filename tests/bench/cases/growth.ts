/**
 * How time and memory grow with the number of photos.
 *
 * @module
 */

import { join } from "@std/path";
import { compareRounds, type Row } from "../bench_row.ts";
import { runChain } from "../chain.ts";
import type { BenchCase, BenchContext } from "../context.ts";
import { makePhotos } from "../make_photos.ts";
import { requirePeak } from "../measured_task.ts";
import { median } from "../statistics.ts";

/** The tasks, in their order. */
const TASKS = ["prepare", "train", "eval"] as const;

type Task = typeof TASKS[number];

/** Makes what is measured at a size. */
function makeMeasured(): Measured {
  return { seconds: [], megabytes: { prepare: [], train: [], eval: [] } };
}

/** What was measured at a size, one number a round. */
interface Measured {
  /** Duration of the three tasks. */
  seconds: number[];
  /** The most that each of them took, in millions of bytes. */
  megabytes: Record<Task, number[]>;
}

/** Runs the three tasks from the start. */
async function measureOnce(
  photos: number,
  context: BenchContext,
  { seconds, megabytes }: Measured,
): Promise<void> {
  const work = await Deno.makeTempDir({ dir: context.directory });
  const data = join(context.directory, `photos-${photos}`);
  const run = await runChain(data, work);
  await Deno.remove(work, { recursive: true });
  seconds.push(run.seconds);
  TASKS.forEach((task, i) =>
    megabytes[task].push(requirePeak(run.tasks[i]!) / 1e6)
  );
}

/** Measures. */
async function run(context: BenchContext): Promise<Row[]> {
  const base = context.quick ? 50 : 1250;
  const [small, large] = [base * 8 / 5, base * 16];
  const sizes = [base, small, base * 4, large];
  const measured = new Map<number, Measured>();
  for (const size of sizes) {
    context.note(`making ${size} photos`);
    await makePhotos(join(context.directory, `photos-${size}`), size);
    measured.set(size, makeMeasured());
  }
  context.note("warming up");
  await measureOnce(base, context, makeMeasured());
  for (let round = 1; round <= context.runs; round++) {
    context.note(`round ${round} of ${context.runs}`);
    for (const [size, numbers] of measured) {
      await measureOnce(size, context, numbers);
    }
  }
  for (const size of sizes) {
    const data = join(context.directory, `photos-${size}`);
    await Deno.remove(data, { recursive: true });
  }
  const at = (size: number) => measured.get(size)!;
  const time = (factor: number) => ({
    ours: at(base * factor).seconds,
    peer: at(base).seconds,
    unit: "s",
  });
  const peaks = (task: Task) =>
    [...measured].map(([size, { megabytes }]) =>
      `${median(megabytes[task]).toFixed(0)} MB at ${size}`
    );
  return [
    compareRounds(`time of ${base * 4} photos / ${base}`, time(4)),
    compareRounds(`time of ${large} photos / ${base}`, {
      ...time(16),
      target: { kind: "most", value: 16.5 },
    }),
    ...TASKS.map((task) =>
      compareRounds(`peak memory of ${task}, ${large} photos / ${small}`, {
        ours: at(large).megabytes[task],
        peer: at(small).megabytes[task],
        unit: "MB",
        target: { kind: "most", value: 1.1 },
        note: peaks(task).join(", "),
      })
    ),
  ];
}

/** The case. */
export const GROWTH: BenchCase = {
  name: "growth",
  summary: "time and peak memory at 1, 4 and 16 times the photos",
  run,
};
