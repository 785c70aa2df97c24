/**
 * Dataset sources: where photos are, and what is known of them without opening
 * one.
 */

import { DatasetError } from "../errors.ts";
import type { ReadableStore } from "../artifact/store.ts";
import { limitClasses } from "./check_dataset.ts";
import { FolderCensus } from "./folder_census.ts";
import { isImageName, planFolder } from "./folder_layout.ts";
import type { ListColumns } from "./list_columns.ts";
import { planList } from "./list_file.ts";
import { isListName } from "./list_rows.ts";
import { Listing } from "./listing.ts";

/** Files that are looked up at a time: most of the time of one is waiting. */
const LOOKUPS = 64;

/** Most bytes of a list: those of some five million photos; no text may be much longer. */
const MAX_LIST_BYTES = 2 ** 28;

/** A folder of photos, or the folder of a list file. */
export interface DatasetSource {
  /** The folder. Paths of images are relative to it. */
  store: ReadableStore;
  /** The list file in the folder, if there is one: its name, and its columns. */
  list?: { name: string; columns: ListColumns } | undefined;
  /** What the user called it, for errors. */
  origin: string;
  /** Photos that are read at a time where reading one is mostly waiting. @default as a disk wants it */
  readsAtOnce?: number | undefined;
}

/** Lists the dataset of a folder, which must exist. */
async function listFolder(source: DatasetSource): Promise<Listing> {
  const { store, origin } = source;
  const top = await store.folders("");
  const folders = new Map<string, string[]>([["", top]]);
  for (const name of top) folders.set(name, await store.folders(name));
  const { declaredClasses, place, prefixOf } = planFolder(folders, origin);
  const listing = new Listing(declaredClasses);
  const census = new FolderCensus();
  for await (const { path, sizeBytes, modifiedMs } of store.walk("")) {
    const placed = place(path);
    if (placed === "other") listing.otherFiles.push(path);
    else if (placed === "hidden") census.addHidden(path);
    else {
      listing.push({ ...placed, sizeBytes, modifiedMs });
      census.add(placed);
    }
  }
  limitClasses(new Set(listing.classNames), origin);
  if (listing.classNames.length < 2) census.requireClasses(origin);
  listing.notes.push(...census.describe(declaredClasses, prefixOf));
  return listing;
}

/** Lists the dataset of a list file, and looks up each of its images. */
async function listList(
  source: DatasetSource,
  { name, columns }: { name: string; columns: ListColumns },
): Promise<Listing> {
  const { store, origin } = source;
  const { sizeBytes } = await store.stat(name) ?? {};
  if (sizeBytes !== undefined && sizeBytes > MAX_LIST_BYTES) {
    throw new DatasetError(
      `Cannot index "${origin}" as a list may have ${MAX_LIST_BYTES} bytes: it has ${sizeBytes}`,
    );
  }
  const bytes = await store.read(name);
  if (bytes === undefined) {
    throw new DatasetError(`Cannot index "${origin}": no such file`);
  }
  const candidates = await planList(bytes, origin, columns);
  limitClasses(new Set(candidates.map((one) => one.className)), origin);
  const listing = new Listing(new Map());
  for (let start = 0; start < candidates.length; start += LOOKUPS) {
    const some = candidates.slice(start, start + LOOKUPS);
    const entries = await Promise.all(some.map(({ path }) => store.stat(path)));
    for (const [i, candidate] of some.entries()) {
      const { sizeBytes = -1, modifiedMs = 0 } = entries[i] ?? {};
      listing.push({ ...candidate, sizeBytes, modifiedMs });
    }
  }
  return listing;
}

/**
 * Lists the images of a source without opening them.
 *
 * @returns The candidates with sizes and times, and what was left alone.
 * @throws {DatasetError} If there is no image, or the layout cannot be used.
 */
export async function listDataset(source: DatasetSource): Promise<Listing> {
  const listing = source.list === undefined
    ? await listFolder(source)
    : await listList(source, source.list);
  if (listing.length === 0) {
    const photo = listing.otherFiles.find(isImageName);
    const list = listing.otherFiles.find(isListName);
    const where = list !== undefined
      ? ` in class folders, though there is a list to take instead, "${list}"`
      : photo !== undefined
      ? ` in class folders, though there is "${photo}"`
      : "";
    throw new DatasetError(
      `Cannot index "${source.origin}" as it holds no images${where}: wanted <class>/<photo>, or train/<class>/<photo> with val/ or test/ beside it, or a list with columns path and label`,
    );
  }
  return listing;
}
