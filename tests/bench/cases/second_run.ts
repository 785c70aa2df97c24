/**
 * The three tasks a second time, when there is nothing to do.
 *
 * @module
 */

import { join } from "@std/path";
import { compareRounds, type Row } from "../bench_row.ts";
import { runChain } from "../chain.ts";
import type { BenchCase, BenchContext } from "../context.ts";
import { makePhotos } from "../make_photos.ts";
import { median } from "../statistics.ts";

/** Measures. */
async function run(context: BenchContext): Promise<Row[]> {
  const photos = context.quick ? 500 : 10_000;
  const data = join(context.directory, "second-photos");
  const work = join(context.directory, "second-work");
  context.note(`making ${photos} photos`);
  await makePhotos(data, photos);
  context.note("the first run");
  const first = await runChain(data, work);
  await runChain(data, work);
  context.note(`${context.runs} more runs`);
  const seconds: number[] = [];
  const byTask: number[][] = [[], [], []];
  for (let round = 0; round < context.runs; round++) {
    const again = await runChain(data, work);
    seconds.push(again.seconds);
    again.tasks.forEach((task, i) => byTask[i]!.push(task.seconds));
  }
  await Deno.remove(data, { recursive: true });
  await Deno.remove(work, { recursive: true });
  const parts = byTask.map((values) => median(values).toFixed(2)).join(", ");
  return [compareRounds(`second run of the three tasks, ${photos} photos`, {
    ours: seconds,
    unit: "s",
    target: { kind: "most", value: 0.8 },
    note: `prepare, train, eval ${parts}; the first run ${
      first.seconds.toFixed(0)
    } s`,
  })];
}

/** The case. */
export const SECOND_RUN: BenchCase = {
  name: "second-run",
  summary: "the three tasks again, when there is nothing to do",
  run,
};
