/**
 * All parsers of files from elsewhere.
 *
 * @module
 */

import type { Target } from "./fuzz.ts";
import { IMAGE_TARGETS } from "./image_targets.ts";
import { ARTIFACT_TARGETS, TEXT_TARGETS } from "./other_targets.ts";
import { WEIGHT_TARGETS } from "./weight_targets.ts";

/** The parsers, each with a name of its own. */
export const TARGETS: readonly Target[] = [
  ...IMAGE_TARGETS,
  ...WEIGHT_TARGETS,
  ...ARTIFACT_TARGETS,
  ...TEXT_TARGETS,
];
