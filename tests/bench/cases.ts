/**
 * The cases, in the order in which they run.
 *
 * @module
 */

import { ACCURACY } from "./cases/accuracy.ts";
import { EMBEDDING } from "./cases/embedding.ts";
import { GROWTH } from "./cases/growth.ts";
import { HEAD } from "./cases/head.ts";
import { PAGE } from "./cases/page.ts";
import { PEAK } from "./cases/peak.ts";
import { PREDICT } from "./cases/predict.ts";
import { PRECISION } from "./cases/precision.ts";
import { PREPARE } from "./cases/prepare.ts";
import { PIXELS } from "./cases/pixels.ts";
import { RECIPE } from "./cases/recipe.ts";
import { SECOND_RUN } from "./cases/second_run.ts";
import { WEBGPU } from "./cases/webgpu.ts";
import type { BenchCase } from "./context.ts";

/** Every case. */
export const CASES: readonly BenchCase[] = [
  PEAK,
  EMBEDDING,
  PRECISION,
  ACCURACY,
  WEBGPU,
  PREPARE,
  PIXELS,
  HEAD,
  RECIPE,
  SECOND_RUN,
  PREDICT,
  GROWTH,
  PAGE,
];
