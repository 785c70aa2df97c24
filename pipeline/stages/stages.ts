/**
 * The stages, each after those it reads. A new stage is one file and one entry here.
 */

import { CALIBRATION } from "./calibration.ts";
import { DATASET_INDEX } from "./dataset_index.ts";
import { EMBEDDINGS } from "./embeddings.ts";
import { EVALUATION } from "./evaluation.ts";
import { EVIDENCE } from "./evidence.ts";
import { FINDINGS } from "./findings.ts";
import { HEAD } from "./head.ts";
import { REPORT } from "./report.ts";
import type { Stage } from "./stage.ts";
import { TENSORS } from "./tensors.ts";

/** All stages. */
export const STAGES: readonly Stage[] = [
  DATASET_INDEX,
  TENSORS,
  CALIBRATION,
  EMBEDDINGS,
  HEAD,
  EVALUATION,
  FINDINGS,
  EVIDENCE,
  REPORT,
];

/**
 * Puts what is known of stages in the order of the stages.
 *
 * @returns The same; names that are no stage come last.
 */
export function inStageOrder<T>(
  known: Readonly<Record<string, T>>,
): Record<string, T> {
  const own = STAGES.flatMap(({ name }) => {
    const value = known[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(own), ...known };
}
