/** What a stage does with a photo that cannot be used. */

import { strictError } from "../dataset/check_dataset.ts";
import type { Rejection } from "../dataset/image_record.ts";
import type { Job } from "./stage.ts";

/** Returns what tells of photos that cannot be used; a strict run stops at the first. */
export function rejecter(
  { emit, run, files: { work: { stage } } }: Pick<
    Job,
    "emit" | "run" | "files"
  >,
): (rejection: Rejection) => void {
  return ({ path, reason }) => {
    emit({ type: "rejected", stage, path, reason });
    if (run.config.strict) throw strictError({ path, reason });
  };
}
