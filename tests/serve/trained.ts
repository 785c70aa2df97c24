/**
 * A trained run to serve, and a client that classifies.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { openWorkspace, prepare, train } from "../../mod.ts";
import { copyQuick, QUICK } from "../run/support.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";

/** The photos of the fixtures. */
export const PHOTOS: string = fromFileUrl(
  new URL("../../fixtures/images/", import.meta.url),
);

/** One of the photos. */
export const LEAF: Uint8Array<ArrayBuffer> = await Deno.readFile(
  `${PHOTOS}val/leaf/leaf_21.jpg`,
);

/** Trains a run quickly. */
export async function trainRun(work: string, settings: object): Promise<void> {
  using workspace = await openWorkspace(work);
  await prepare(workspace, { settings: { ...QUICK, ...settings } });
  await train(workspace);
}

/** A work directory with a trained run. */
export async function trained(): Promise<TempDir> {
  const directory = await tempDir();
  await copyQuick("trained", directory.path);
  return directory;
}

/** Classifies a photo; returns the status and the answer. */
export async function classify(
  address: string,
  body: BodyInit = LEAF,
  query = "",
) {
  const url = `${address}/api/classify${query}`;
  const response = await fetch(url, { method: "POST", body });
  return { status: response.status, answer: await response.json() };
}
