/**
 * Photos to tensors, beside Pillow and sharp on one thread each.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import type { Row } from "../bench_row.ts";
import { denoProgram } from "../child.ts";
import type { BenchCase, BenchContext } from "../context.ts";
import { copyPhotos, PHOTOS } from "../copy_photos.ts";
import { Field } from "../field.ts";
import { measureParts } from "../measured_task.ts";
import { pythonProgram } from "../python.ts";
import type { PrepareTiming } from "../runners/prepare_task.ts";
import { median } from "../statistics.ts";

/** Side of the images, in pixels. */
const IMAGE_SIZE = 224;

/** How often each photo is there, so that the start of workers does not count. */
const COPIES = 4;

/** Measures. */
async function run(context: BenchContext): Promise<Row[]> {
  const data = join(context.directory, "prepare-photos");
  const count = await copyPhotos(data, context.quick ? 1 : COPIES);
  const whole: number[] = [];
  let rejected = 0;
  const ours = async () => {
    const work = await Deno.makeTempDir({ dir: context.directory });
    const { output } = await measureParts("prepare", work, {
      data,
      imageSize: IMAGE_SIZE,
      preprocessing: "seed",
      validation: 0,
    });
    await Deno.remove(work, { recursive: true });
    const timing = output as unknown as PrepareTiming;
    whole.push(count / timing.all);
    rejected = timing.rejected;
    return count / timing.tensors;
  };
  const sizes = [data, `${IMAGE_SIZE}`];
  await using field = new Field();
  const others = await field.start({
    Pillow: {
      count,
      program: () => pythonProgram("peers/pillow_photos.py", ["PIL"], sizes),
    },
    sharp: {
      count,
      program: () => denoProgram("peers/sharp_photos.ts", sizes),
    },
  }, context);
  await ours();
  whole.length = 0;
  await field.compete({ ours, ...others }, context);
  await Deno.remove(data, { recursive: true });
  const unit = "images/s";
  const source = fromFileUrl(PHOTOS).split("/").slice(-3, -2).join("/");
  const notes = [
    `${count} photos of ${source}, ${context.cores} cores beside one thread`,
    `with the index ${median(whole).toFixed(0)}`,
    ...rejected > 0 ? [`${rejected} rejected`] : [],
  ];
  return [
    field.compare("tensors stage / Pillow", ["ours", "Pillow"], {
      unit,
      target: { kind: "least", value: 1.2 },
      note: notes.join("; "),
    }),
    field.compare("tensors stage / sharp", ["ours", "sharp"], { unit }),
  ];
}

/** The case. */
export const PREPARE: BenchCase = {
  name: "prepare",
  summary: "photos to tensors beside Pillow and sharp",
  run,
};
