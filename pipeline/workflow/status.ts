/**
 * Status: how far each stage of a run is, and whether it still fits.
 *
 * Reads only: nothing is made, healed or swept.
 *
 * @module
 */

import {
  explainChange,
  fingerprint,
  type StageName,
  STAGES,
  type Work,
} from "../artifact/fingerprint.ts";
import type { Manifest } from "../artifact/manifest.ts";
import { type Damage, StageFiles } from "../artifact/stage_files.ts";
import type { ReadableStore, Store } from "../artifact/store.ts";
import { MissingArtifactError } from "../errors.ts";
import { planDatasetIndex } from "../stages/dataset_index.ts";
import { planEmbeddings } from "../stages/embeddings.ts";
import type { StageResult } from "../stages/run_stage.ts";
import { planTensors } from "../stages/tensors.ts";
import { pipelineContext } from "./context.ts";
import { openPhotos } from "./photos.ts";
import { readRun, runPath } from "./run_file.ts";
import { openSession, type Session } from "./session.ts";
import type { Workspace } from "./workspace.ts";

/** How far a stage is. */
export interface StageStatus {
  /** The stage. */
  stage: StageName;
  /** `stale` means that it is there, but for other work than is wanted now. */
  state: "absent" | "partial" | "complete" | "stale" | "damaged";
  /** Units that are there: shards, epochs or files. */
  done: number;
  /** Units that are wanted; 0 where that is not known. */
  total: number;
  /** What a unit is, in the plural. */
  unit: "shards" | "epochs" | "files";
  /** Why it is stale, or what is damaged, a line each. */
  reasons: string[];
  /** Directory of its artifacts, relative to the work directory; absent before the first run. */
  directory?: string;
}
