/** What nothing in a work directory needs. */

import {
  fingerprint,
  stageDirectory,
  type Work,
} from "../artifact/fingerprint.ts";
import { MANIFEST } from "../artifact/manifest.ts";
import { openedWork } from "../shards/opened_photos.ts";
import { FormatError } from "../errors.ts";
import { copyPath, readRun, runPath } from "./run_file.ts";
import type { Workspace } from "./workspace.ts";

/** Something in a work directory that nothing needs. */
export interface Unused {
  /** Path of a folder or file, relative to the work directory. */
  path: string;
  /** `artifacts`: no run refers to them. `debris`: half a file. `lock`: that of artifacts that are not there. `note`: what a part told of artifacts that are complete, or that no run refers to. */
  kind: "artifacts" | "debris" | "lock" | "note";
  /** Number of files. */
  files: number;
  /** Their bytes. */
  sizeBytes: number;
}

/** Name of a folder of artifacts, and of their lock: the stage and 16 hex digits. */
export const ARTIFACTS = /^[a-z]+(-[a-z]+)*-[0-9a-f]{16}$/;

/** Name of the note of a part, which begins with that of the folder of artifacts. */
const NOTE = /^parts\/([a-z]+(?:-[a-z]+)*-[0-9a-f]{16})-\d+-of-\d+\.json$/;

/** Returns the folder of a piece of work, relative to the work directory. */
async function directoryOf(work: Work): Promise<string> {
  return stageDirectory(work.stage, await fingerprint(work));
}

/** Whether there is a manifest in a folder of artifacts. */
async function isComplete({ store }: Workspace, folder: string) {
  return await store.stat(`${folder}/${MANIFEST}`) !== undefined;
}

/**
 * Refuses a run file that was lost or damaged: its copy may be one piece of work older.
 *
 * @throws {FormatError} If it was.
 */
async function requireWhole(
  { store }: Workspace,
  name: string,
  damage: string | undefined,
): Promise<void> {
  const path = runPath(name);
  const isLost = await store.stat(path) === undefined &&
    await store.stat(copyPath(name)) !== undefined;
  if (damage === undefined && !isLost) return;
  throw new FormatError(
    `Cannot tell what run "${name}" needs as its "${path}" is ${
      isLost ? "gone" : "damaged"
    }: run the task prepare on it, which writes the file anew`,
    { path },
  );
}

/**
 * Finds the folders of artifacts that runs refer to.
 *
 * @returns Their paths, relative to the work directory.
 * @throws {FormatError} If a run file is damaged or gone, so that it is not known what it refers to.
 */
export async function findReferred(workspace: Workspace): Promise<Set<string>> {
  const { store } = workspace;
  const referred = new Set<string>();
  for (const name of await store.folders("runs")) {
    const run = await readRun(store, name);
    await requireWhole(workspace, name, run?.damage);
    for (const work of Object.values(run?.works ?? {})) {
      const folder = await directoryOf(work);
      referred.add(folder);
      // Its parts are of use until it is complete.
      if (await isComplete(workspace, folder)) continue;
      referred.add(await directoryOf(openedWork(work)));
    }
  }
  return referred;
}

/**
 * Finds the notes of parts that nothing needs.
 *
 * @param referred Paths of the artifacts that runs refer to.
 */
export async function findNotes(
  workspace: Workspace,
  referred: ReadonlySet<string>,
): Promise<Unused[]> {
  const notes: Unused[] = [];
  for (const { path, sizeBytes } of await workspace.store.list("parts")) {
    const name = NOTE.exec(path)?.[1];
    if (name === undefined) continue;
    const folder = `artifacts/${name}`;
    const isUsed = referred.has(folder) && !await isComplete(workspace, folder);
    if (isUsed) continue;
    notes.push({ path, kind: "note", files: 1, sizeBytes });
  }
  return notes;
}
