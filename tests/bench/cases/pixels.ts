/**
 * Photos to tensors by number of workers, beside Pillow on one thread.
 *
 * @module
 */

import { join, toFileUrl } from "@std/path";
import { HAS_SHARED, SHARED } from "../../support/fixtures.ts";
import type { Row } from "../bench_row.ts";
import { type BenchCase, type BenchContext, SkipError } from "../context.ts";
import { benchPixels } from "../pixels_bench.ts";
import { findPython } from "../python.ts";

/** Measures. */
async function run(context: BenchContext): Promise<Row[]> {
  if (!HAS_SHARED) throw new SkipError("the photos are not beside the project");
  const scratch = toFileUrl(join(context.directory, "pixels/"));
  return await benchPixels({
    photos: new URL("data/flowers/train/", SHARED),
    scratch,
    python: await findPython(["PIL"]),
    rounds: context.runs,
    copies: context.quick ? 1 : 4,
  });
}

/** The case. */
export const PIXELS: BenchCase = {
  name: "pixels",
  summary: "photos to tensors by filter and number of workers, beside Pillow",
  run,
};
