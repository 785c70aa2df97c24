/**
 * Cleaning a work directory: artifacts that no run refers to, and what interrupted
 * tasks left behind (an edge).
 *
 * Only names that this project gives are ever removed, and of a link among them the
 * link itself.
 */

import { join } from "../path.ts";
import { isIncomplete } from "../artifact/file_store.ts";
import { MANIFEST } from "../artifact/manifest.ts";
import { listFolder, orElse } from "../artifact/walk_folder.ts";
import { debrisUntil, tryLockWorkDirectory } from "../artifact/work_lock.ts";
import { S3Store } from "../s3/s3_store.ts";
import { findUnusedObjects, removeUnusedObjects } from "./clean_objects.ts";
import { ARTIFACTS, findNotes, findReferred, type Unused } from "./unused.ts";
import type { Workspace } from "./workspace.ts";

/** The entries of a folder by name; none where there is no folder. */
async function readFolder(path: string): Promise<Deno.DirEntry[]> {
  const entries = await listFolder(path);
  return entries.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Lists the files below a folder, links as what they are. */
async function* walk(path: string): AsyncGenerator<string> {
  for (const { name, isDirectory } of await readFolder(path)) {
    const child = join(path, name);
    if (isDirectory) yield* walk(child);
    else yield child;
  }
}

/**
 * Finds what nothing needs in a work directory; changes nothing.
 *
 * Debris may belong to a task that is running.
 *
 * @returns Artifacts, debris, locks and notes, each in the order of their paths.
 * @throws {FormatError} If a run file is damaged, so that it is not known what it refers to.
 */
export async function findUnused(workspace: Workspace): Promise<Unused[]> {
  const { root, store } = workspace;
  const referred = await findReferred(workspace);
  if (store instanceof S3Store) {
    const objects = await findUnusedObjects(store, referred);
    return [...objects, ...await findNotes(workspace, referred)];
  }
  const measure = async (path: string) => {
    const { size } = await Deno.lstat(join(root, path));
    return size;
  };
  const unused: Unused[] = [];
  const kept = new Set<string>();
  for (
    const { name, isDirectory } of await readFolder(join(root, "artifacts"))
  ) {
    const path = `artifacts/${name}`;
    if (!isDirectory || !ARTIFACTS.test(name) || referred.has(path)) {
      kept.add(name);
      continue;
    }
    const found: Unused = { path, kind: "artifacts", files: 0, sizeBytes: 0 };
    for await (const file of walk(join(root, path))) {
      found.files++;
      found.sizeBytes += (await Deno.lstat(file)).size;
    }
    unused.push(found);
  }
  const until = await debrisUntil(root);
  const inside = (path: string) =>
    unused.some((other) => path.startsWith(`${other.path}/`));
  for (const folder of ["artifacts", "runs", "parts"]) {
    for await (const file of walk(join(root, folder))) {
      const path = file.slice(root.length + 1).replaceAll("\\", "/");
      const name = path.slice(path.lastIndexOf("/") + 1);
      if (!isIncomplete(name) || inside(path)) continue;
      const { mtime } = await Deno.lstat(file);
      if (mtime && mtime.getTime() > until) continue;
      const sizeBytes = await measure(path);
      unused.push({ path, kind: "debris", files: 1, sizeBytes });
    }
  }
  for (const { name, isFile } of await readFolder(join(root, "locks"))) {
    if (!isFile || !ARTIFACTS.test(name) || kept.has(name)) continue;
    const path = `locks/${name}`;
    const sizeBytes = await measure(path);
    unused.push({ path, kind: "lock", files: 1, sizeBytes });
  }
  return [...unused, ...await findNotes(workspace, referred)];
}

/**
 * Removes what was found unused, and is so still.
 *
 * No task may run in the work directory meanwhile: those that start wait.
 *
 * @throws {Error} If another task works in the work directory.
 */
export async function removeUnused(
  workspace: Workspace,
  found: readonly Unused[],
): Promise<Unused[]> {
  const { root, store } = workspace;
  const known = new Set(found.map(({ path }) => path));
  const findStill = async () => {
    const unused = await findUnused(workspace);
    return unused.filter(({ path }) => known.has(path));
  };
  if (store instanceof S3Store) {
    return await removeUnusedObjects(store, found, findStill);
  }
  using lock = await tryLockWorkDirectory(root);
  if (lock === undefined) {
    throw new Error(
      `Cannot clean "${root}" as another task works in it: run clean again when it is done`,
    );
  }
  const unused = await findStill();
  for (const { path, kind } of unused) {
    const absolute = join(root, path);
    // The manifest goes first: what is removed in part is not believed complete.
    if (kind === "artifacts") {
      await orElse(() => Deno.remove(join(absolute, MANIFEST)), undefined);
    }
    await Deno.remove(absolute, { recursive: true });
  }
  return unused;
}
