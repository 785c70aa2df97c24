/**
 * Workspaces: a work directory on the file system or in an object store, opened for a
 * task, and the disk under it (an edge).
 */

import { freeBytesOf, nearest } from "../artifact/disk.ts";
import { FileStore } from "../artifact/file_store.ts";
import type { Store } from "../artifact/store.ts";
import {
  lockWorkDirectory,
  type WorkLockOptions,
} from "../artifact/work_lock.ts";
import { MissingArtifactError } from "../errors.ts";
import { isLocation } from "../s3/location.ts";
import { DATASET_INDEX } from "../stages/dataset_index.ts";

/** A work directory: `artifacts/`, shared by all runs, and `runs/<name>/`. */
export interface Workspace {
  /** Absolute path, or a location such as `s3://bucket/prefix`. */
  readonly root: string;
  /** Its files. */
  readonly store: Store;
}

/** A workspace that is locked until it is disposed of. */
export interface OpenWorkspace extends Workspace, Disposable {
  /** Number of half-written files of interrupted tasks that were removed. */
  readonly swept: number;
}

/** Names a work directory on a disk. */
export function diskWorkspace(root: string): Workspace {
  const store = new FileStore(root);
  return { root: store.root, store };
}

/** Opens a work directory in an object store. */
async function openLocation(root: string, signal?: AbortSignal) {
  const { openObjects } = await import("./object_store.ts");
  return openObjects(root, "work", signal);
}

/**
 * Opens a work directory for a task that writes.
 *
 * Several tasks may have it open. What an interrupted task left half written is
 * removed when no other task is there.
 *
 * @param options Whether it is created if absent, which is the default; whether debris is removed, which a part does not do; how to wait where a task needs it alone.
 * @returns The workspace; dispose of it with `using`.
 * @throws {MissingArtifactError} If it is absent and not to be created.
 */
export async function openWorkspace(
  root: string,
  options: WorkLockOptions & { create?: boolean } = {},
): Promise<OpenWorkspace> {
  const objects = isLocation(root)
    ? await openLocation(root, options.signal)
    : undefined;
  const { root: place, store } = objects
    ? { root, store: objects }
    : diskWorkspace(root);
  // An object store that cannot be reached is told before any work.
  const isAbsent = (objects || options.create === false) &&
    (await store.folders("")).length === 0;
  if (isAbsent && options.create === false) {
    throw new MissingArtifactError(
      `Cannot use work directory "${place}" as there is none: run the task prepare first`,
      { stage: DATASET_INDEX.name, path: place },
    );
  }
  // Objects are never half there, and many machines may write them at once.
  if (objects) {
    return {
      root,
      store,
      swept: 0,
      [Symbol.dispose]: () => objects[Symbol.dispose](),
    };
  }
  const lock = await lockWorkDirectory(place, options);
  return {
    root: place,
    store,
    swept: lock.swept,
    [Symbol.dispose]: () => lock[Symbol.dispose](),
  };
}

/** Free space of a disk, and whether it can be written. */
export interface DiskProbe {
  /** Whether files can be written there. */
  isWritable: boolean;
  /** Bytes that are free. */
  freeBytes: number;
}

/**
 * Looks at the disk under a path, and creates nothing that stays.
 *
 * @param path Absolute path of a folder that need not exist.
 */
export async function probeDisk(path: string): Promise<DiskProbe> {
  const folder = await nearest(path);
  const freeBytes = await freeBytesOf(folder);
  try {
    await Deno.remove(await Deno.makeTempFile({ dir: folder }));
    return { isWritable: true, freeBytes };
  } catch {
    return { isWritable: false, freeBytes };
  }
}

/** Writes a file, unless it says the same already. */
export async function writeChanged(
  store: Store,
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  const before = await store.read(path);
  const isSame = before?.length === bytes.length &&
    before.every((byte, i) => byte === bytes[i]);
  if (!isSame) await store.writeAtomic(path, bytes);
}
