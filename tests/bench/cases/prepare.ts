/**
 * Photos to tensors, beside Pillow and sharp on one thread each.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { FIXTURES, HAS_SHARED, SHARED } from "../../support/fixtures.ts";
import type { Row } from "../bench_row.ts";
import { denoProgram } from "../child.ts";
import type { BenchCase, BenchContext } from "../context.ts";
import { Field } from "../field.ts";
import { measureParts } from "../measured_task.ts";
import { pythonProgram } from "../python.ts";
import type { PrepareTiming } from "../runners/prepare_task.ts";
import { median } from "../statistics.ts";

/** Side of the images, in pixels. */
const IMAGE_SIZE = 224;

/** How often each photo is there, so that the start of workers does not count. */
const COPIES = 4;

/** The photos: those beside the project, else the embedded ones. */
const PHOTOS = HAS_SHARED
  ? new URL("data/flowers/train/", SHARED)
  : new URL("images/train/", FIXTURES);

/**
 * Copies every photo several times into folders of their classes. Each copy has
 * other bytes after its end, since a photo that was seen is not decoded again.
 */
async function copyPhotos(target: string, copies: number): Promise<number> {
  let count = 0;
  for await (const { name: label } of Deno.readDir(PHOTOS)) {
    const folder = new URL(`${label}/`, PHOTOS);
    await Deno.mkdir(join(target, label), { recursive: true });
    for await (const { name } of Deno.readDir(folder)) {
      const bytes = await Deno.readFile(new URL(name, folder));
      for (let copy = 0; copy < copies; copy++) {
        const path = join(target, label, `${copy}-${name}`);
        await Deno.writeFile(path, bytes);
        await Deno.writeFile(path, Uint8Array.of(copy), { append: true });
        count++;
      }
    }
  }
  return count;
}

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
