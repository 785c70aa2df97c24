/** The head that a run was trained to last, whatever its settings are now. */

import { Artifact } from "../artifact/artifact.ts";
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
  const found = await Artifact.find(store, file.works[HEAD.name]);
  if (found === undefined) return undefined;
  const trained = await HEAD.open(found);
  const head = await trained.readHead();
  const { metadata } = head;
  const isOwn = metadata.backbone === backbone.digest &&
    metadata.variant === backbone.variant;
  return isOwn ? head : undefined;
}
