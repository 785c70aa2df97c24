/**
 * Cleaning a work directory in an object store (an edge: it asks for the time).
 */

import { MANIFEST } from "../artifact/manifest.ts";
import { mapInOrder } from "../map_in_order.ts";
import type { S3Store } from "../s3/s3_store.ts";
import { ARTIFACTS, type Unused } from "./unused.ts";

/** Age from which on an upload in parts belongs to no task that runs, in milliseconds. */
const DEAD_UPLOAD_MS = 24 * 60 * 60 * 1000;

/** Objects that are removed at a time: most of the time of one is waiting. */
const REMOVED_AT_ONCE = 16;

/** Lists the uploads that a task began and did not complete, a day ago or longer. */
async function findDebris(store: S3Store) {
  const uploads = await store.unfinished();
  return uploads.filter(({ path, begun }) =>
    /^(artifacts|runs)\//.test(path) &&
    Date.now() - Date.parse(begun) > DEAD_UPLOAD_MS
  );
}

/**
 * Finds what nothing needs; changes nothing.
 *
 * @param referred Paths of the artifacts that runs refer to.
 * @returns Artifacts, debris and locks, each in the order of their paths.
 */
export async function findUnusedObjects(
  store: S3Store,
  referred: ReadonlySet<string>,
): Promise<Unused[]> {
  const unused: Unused[] = [];
  const kept = new Set<string>();
  for (const name of await store.folders("artifacts")) {
    const path = `artifacts/${name}`;
    if (!ARTIFACTS.test(name) || referred.has(path)) {
      kept.add(name);
      continue;
    }
    const files = await store.list(path);
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    unused.push({ path, kind: "artifacts", files: files.length, sizeBytes });
  }
  for (const { path } of await findDebris(store)) {
    unused.push({ path, kind: "debris", files: 1, sizeBytes: 0 });
  }
  for (const { path, sizeBytes } of await store.list("locks")) {
    const name = path.slice(path.indexOf("/") + 1);
    if (!ARTIFACTS.test(name) || kept.has(name)) continue;
    unused.push({ path, kind: "lock", files: 1, sizeBytes });
  }
  return unused;
}

/**
 * Takes the lease of everything that is to be removed, and those that are there: tasks
 * that make it wait then.
 *
 * @throws {Error} If another task makes a stage.
 */
async function takeLeases(
  store: S3Store,
  found: readonly Unused[],
): Promise<AsyncDisposable> {
  await using leases = new AsyncDisposableStack();
  const artifacts = found.filter(({ kind }) => kind === "artifacts");
  const paths = [...await store.list("locks"), ...artifacts]
    .map(({ path }) => path.slice(path.indexOf("/") + 1));
  for (const name of new Set(paths)) {
    const lease = await store.tryLock(name);
    if (lease === undefined) {
      throw new Error(
        `Cannot clean as another task makes "${name}", ${await store.lockHolder(
          name,
        )}: run clean again when it is done`,
      );
    }
    leases.use(lease);
  }
  return leases.move();
}

/**
 * Removes what was found unused, and is so still when nobody can begin to make it.
 *
 * @throws {Error} If another task makes a stage.
 */
export async function removeUnusedObjects(
  store: S3Store,
  found: readonly Unused[],
  findStill: () => Promise<Unused[]>,
): Promise<Unused[]> {
  // The locks of tasks that died go with them.
  await using _leases = await takeLeases(store, found);
  const unused = await findStill();
  for (const { path, kind } of unused) {
    if (kind === "note") await store.remove(path);
    if (kind !== "artifacts") continue;
    // The manifest goes first: what is removed in part is not believed complete.
    await store.remove(`${path}/${MANIFEST}`);
    const files = await store.list(path);
    const removed = mapInOrder(
      files,
      REMOVED_AT_ONCE,
      (file) => store.remove(file.path),
    );
    for await (const _ of removed);
  }
  const debris = new Set(
    unused.filter(({ kind }) => kind === "debris").map(({ path }) => path),
  );
  for (const upload of await findDebris(store)) {
    if (debris.has(upload.path)) await store.abort(upload);
  }
  return unused;
}
