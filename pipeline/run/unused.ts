/**
 * What nothing in a work directory needs.
 *
 * @module
 */

import { fingerprint, stageDirectory } from "../artifact/fingerprint.ts";
import { readRun } from "./run_file.ts";
import type { Workspace } from "./workspace.ts";

/** Something in a work directory that nothing needs. */
export interface Unused {
  /** Path of a folder or file, relative to the work directory. */
  path: string;
  /** `artifacts`: no run refers to them. `debris`: half a file. `lock`: that of artifacts that are not there. */
  kind: "artifacts" | "debris" | "lock";
  /** Number of files. */
  files: number;
  /** Their bytes. */
  sizeBytes: number;
}

/** Name of a folder of artifacts, and of their lock: the stage and 16 hex digits. */
export const ARTIFACTS = /^[a-z]+(-[a-z]+)*-[0-9a-f]{16}$/;

/**
 * Finds the folders of artifacts that runs refer to.
 *
 * @returns Their paths, relative to the work directory.
 * @throws {FormatError} If a run file is damaged, so that it is not known what it refers to.
 */
export async function findReferred({ store }: Workspace): Promise<Set<string>> {
  const referred = new Set<string>();
  for (const name of await store.folders("runs")) {
    const run = await readRun(store, name);
    for (const work of Object.values(run?.works ?? {})) {
      referred.add(stageDirectory(work.stage, await fingerprint(work)));
    }
  }
  return referred;
}
