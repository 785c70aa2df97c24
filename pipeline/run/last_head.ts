/** The head that a run was trained to last, whatever its settings are now. */

import { Artifact } from "../artifact/artifact.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import type { SavedHead } from "../head/checkpoint.ts";
import { HEAD } from "../stages/head.ts";
import type { RunParts } from "./events.ts";

/**
 * Reads it.
 *
 * @returns The head; `undefined` if there is none, or it is on another backbone.
 */
export async function readLastHead(
  { store, file, backbone }: RunParts,
): Promise<SavedHead | undefined> {
  const work = file.works[HEAD.name];
  const files = work && await StageFiles.open(store, work);
  const manifest = await files?.manifest();
  if (files === undefined || manifest === undefined) return undefined;
  const trained = await HEAD.open(new Artifact(files, manifest));
  const head = await trained.readHead();
  const { metadata } = head;
  const isOwn = metadata.backbone === backbone.digest &&
    metadata.variant === backbone.variant;
  return isOwn ? head : undefined;
}
