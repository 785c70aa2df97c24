/**
 * What a run is made of.
 *
 * @module
 */

import type { Config } from "../config/config_type.ts";
import type { Split } from "../dataset/split.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import type { BackboneFile } from "./backbone.ts";
import type { PipelineContext } from "./events.ts";
import type { RunFile } from "./run_file.ts";

/** What a run is made of. */
export interface RunParts extends PipelineContext {
  /** Its run file. */
  file: RunFile;
  /** Its backbone. */
  backbone: BackboneFile;
  /** What happens to a photo before the backbone sees it. */
  preprocessing: Preprocessing;
  /** The settings that replaced those of the run file. */
  settings: Partial<Config>;
  /** The split to evaluate on, if one is asked for. */
  split: Split | undefined;
  /** Whether the photos are those that were indexed last, whatever they are now. */
  keepsIndex: boolean;
}
