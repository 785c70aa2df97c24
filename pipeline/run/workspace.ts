/**
 * Workspaces: a work directory on the file system, opened for a task (an edge).
 *
 * @module
 */

import { FileStore } from "../artifact/file_store.ts";
import type { Store } from "../artifact/store.ts";
import { lockWorkDirectory } from "../artifact/work_lock.ts";
import { MissingArtifactError } from "../errors.ts";

/** A work directory: `artifacts/`, shared by all runs, and `runs/<name>/`. */
export interface Workspace {
  /** Absolute path. */
  readonly root: string;
  /** Its files. */
  readonly store: Store;
}

/** A workspace that is locked until it is disposed of. */
export interface OpenWorkspace extends Workspace, Disposable {
  /** Files that an interrupted task had left behind and that were removed. */
  readonly swept: number;
}

/**
 * Opens a work directory for a task that writes.
 *
 * Several tasks may have it open. What an interrupted task left half written is
 * removed when no other task is there.
 *
 * @param options Whether it is created if absent, which is the default.
 * @returns The workspace; dispose of it with `using`.
 * @throws {MissingArtifactError} If it is absent and not to be created.
 */
export async function openWorkspace(
  root: string,
  options: { create?: boolean } = {},
): Promise<OpenWorkspace> {
  const store = new FileStore(root);
  if (options.create === false && (await store.folders("")).length === 0) {
    throw new MissingArtifactError(
      `Cannot use work directory "${store.root}" as there is none: run the task prepare first`,
      { stage: "dataset-index", path: store.root },
    );
  }
  const lock = await lockWorkDirectory(store.root);
  return {
    root: store.root,
    store,
    swept: lock.swept,
    [Symbol.dispose]: () => lock[Symbol.dispose](),
  };
}

/** Opens a work directory for a task that only reads; nothing is created. */
export function readWorkspace(root: string): Workspace {
  const store = new FileStore(root);
  return { root: store.root, store };
}
