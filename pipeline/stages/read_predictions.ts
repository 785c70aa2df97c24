/**
 * Reading the predictions of an evaluation.
 *
 * @module
 */

import { z } from "zod";
import { HEX_DIGEST } from "../artifact/manifest.ts";
import { streamJsonLines } from "../dataset/json_lines.ts";
import { FormatError } from "../errors.ts";
import type { Prediction } from "../metrics/prediction.ts";
import { PREDICTIONS_FILE } from "./evaluation.ts";
import type { StageResult } from "./run_stage.ts";

const PROBABILITY = z.number().min(0).max(1);

const SCHEMA: z.ZodType<Prediction> = z.strictObject({
  record: z.int().nonnegative(),
  path: z.string(),
  digest: HEX_DIGEST,
  true: z.string(),
  loss: z.number(),
  top5: z.array(
    z.strictObject({ class: z.string(), probability: PROBABILITY }),
  ).min(1).max(5),
});

/**
 * Reads the predictions of an evaluation one at a time.
 *
 * @param evaluation The evaluation, complete.
 * @returns The predictions, in the order of the file; what has changed is noticed after the last.
 * @throws {FormatError} If a line is not a prediction.
 * @throws {MissingArtifactError} If the file is not there.
 * @throws {DigestMismatchError} If its bytes have changed.
 */
export async function* streamPredictions(
  evaluation: Pick<StageResult, "files" | "manifest">,
): AsyncGenerator<Prediction> {
  const { files, manifest } = evaluation;
  const file = manifest.files
    .find(({ path }) => path === PREDICTIONS_FILE)!;
  const path = files.path(file.path);
  let line = 0;
  for await (const value of streamJsonLines(files.stream(file), path)) {
    line++;
    const { success, data, error } = SCHEMA.safeParse(value);
    if (success) {
      yield data;
      continue;
    }
    const [issue] = error.issues;
    const where = issue!.path.join(".") || "it";
    throw new FormatError(
      `Cannot read line ${line} of "${path}" as a prediction as ${where} is not valid: ${
        issue!.message
      }`,
      { path },
    );
  }
}

/**
 * Reads the predictions of an evaluation, some 700 bytes of memory each.
 *
 * @param evaluation The evaluation, complete.
 * @returns The predictions, in the order of the file.
 * @throws {FormatError} If a line is not a prediction.
 * @throws {MissingArtifactError} If the file is not there.
 * @throws {DigestMismatchError} If its bytes have changed.
 */
export async function readPredictions(
  evaluation: Pick<StageResult, "files" | "manifest">,
): Promise<Prediction[]> {
  return await Array.fromAsync(streamPredictions(evaluation));
}
