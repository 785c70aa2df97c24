/**
 * Predictions as they are read from a file, a line each.
 *
 * @module
 */

import { z } from "zod";
import { HEX_DIGEST } from "../artifact/manifest.ts";
import { FormatError } from "../errors.ts";
import type { Prediction } from "./prediction.ts";

const SCHEMA: z.ZodType<Prediction> = z.strictObject({
  record: z.int().nonnegative(),
  path: z.string(),
  digest: HEX_DIGEST,
  true: z.string(),
  loss: z.number(),
  top5: z.array(
    z.strictObject({
      class: z.string(),
      probability: z.number().min(0).max(1),
    }),
  ).min(1).max(5),
});

/**
 * Checks that values are predictions.
 *
 * @throws {FormatError} If a line is not a prediction.
 */
export async function* checkPredictions(
  values: AsyncIterable<unknown>,
  path: string,
): AsyncGenerator<Prediction> {
  let line = 0;
  for await (const value of values) {
    line++;
    const { success, data, error } = SCHEMA.safeParse(value);
    if (!success) {
      const [issue] = error.issues;
      const where = issue!.path.join(".") || "it";
      throw new FormatError(
        `Cannot read line ${line} of "${path}" as a prediction as ${where} is not valid: ${
          issue!.message
        }`,
        { path },
      );
    }
    yield data;
  }
}
