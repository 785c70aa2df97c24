/**
 * The page of an evaluation: its size, and how long it takes to make.
 *
 * @module
 */

import { join } from "@std/path";
import { compareRounds, type Row } from "../bench_row.ts";
import type { BenchCase, BenchContext } from "../context.ts";
import { copyPhotos } from "../copy_photos.ts";
import { measureTask, requirePeak } from "../measured_task.ts";

/** Side of the images in pixels, and of the thumbnails. */
const IMAGE_SIZE = 96;

/** Most bytes of a page. */
const MOST_BYTES = 4e6;

/** How often each of 150 photos is there, and the share that is evaluated. */
interface Size {
  copies: number;
  share: number;
}

/** Some 60, 1,000 and 10,000 photos that are evaluated. */
const SIZES: readonly Size[] = [
  { copies: 1, share: 0.4 },
  { copies: 14, share: 0.476 },
  { copies: 134, share: 0.4975 },
];

/** Makes the page again and again. */
async function measurePage(
  { copies, share }: Size,
  context: BenchContext,
): Promise<Row[]> {
  const data = join(context.directory, `page-photos-${copies}`);
  const work = join(context.directory, `page-work-${copies}`);
  const flags = [`--work=${work}`];
  const count = await copyPhotos(data, copies);
  context.note(`prepare, train, eval of ${count} photos`);
  await measureTask("prepare", [
    ...flags,
    `--data=${data}`,
    `--image-size=${IMAGE_SIZE}`,
    `--validation=${share}`,
  ]);
  await measureTask("train", [...flags, "--epochs=2"]);
  const { output } = await measureTask("eval", flags);
  const page = join(work, output.page as string);
  const { size } = await Deno.stat(page);
  context.note(`${context.runs} rounds with the page and without`);
  const [made, found]: [number[], number[]] = [[], []];
  let peak = 0;
  for (let round = 0; round < context.runs; round++) {
    await Deno.remove(join(page, ".."), { recursive: true });
    const run = await measureTask("eval", flags);
    made.push(run.seconds);
    peak = Math.max(peak, requirePeak(run));
    found.push((await measureTask("eval", flags)).seconds);
  }
  await Deno.remove(data, { recursive: true });
  await Deno.remove(work, { recursive: true });
  const { samples } = output;
  return [
    compareRounds(`size of the page of ${samples} photos`, {
      ours: [size / 1e6],
      unit: "MB",
      target: { kind: "most", value: MOST_BYTES / 1e6 },
    }),
    compareRounds(
      `eval that makes the page of ${samples} photos / that finds it`,
      {
        ours: made,
        peer: found,
        unit: "s",
        note: `peak memory ${(peak / 1e6).toFixed(0)} MB`,
      },
    ),
  ];
}

/** Measures. */
async function run(context: BenchContext): Promise<Row[]> {
  const rows: Row[] = [];
  for (const size of context.quick ? SIZES.slice(0, 1) : SIZES) {
    rows.push(...await measurePage(size, context));
  }
  return rows;
}

/** The case. */
export const PAGE: BenchCase = {
  name: "page",
  summary: "size and time of the page of 60, 1,000 and 10,000 photos",
  run,
};
