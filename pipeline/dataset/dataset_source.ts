/**
 * Dataset sources: where photos are, and what is known of them without opening
 * one.
 */

import { DatasetError } from "../errors.ts";
import { compareCodePoints } from "../artifact/code_points.ts";
import type { ReadableStore } from "../artifact/store.ts";
import type { Candidate } from "./candidate.ts";
import { limitClasses } from "./check_dataset.ts";
import { FolderCensus } from "./folder_census.ts";
import { isImageName, planFolder } from "./folder_layout.ts";
import {
  findFolderLists,
  type FolderList,
  isFolderListName,
  placeRows,
} from "./folder_lists.ts";
import type { ListColumns } from "./list_columns.ts";
import { planList } from "./list_file.ts";
import { isListName } from "./list_rows.ts";
import { Listing } from "./listing.ts";
import { countClassFolders, looksLikeSplit } from "./split_folders.ts";

/** Files that are looked up at a time: most of the time of one is waiting. */
const LOOKUPS = 64;

/** Most bytes of a list: those of some five million photos; no text may be much longer. */
const MAX_LIST_BYTES = 2 ** 28;

/** The columns of a list that were not chosen: those of the usual names. */
const USUAL_COLUMNS: ListColumns = { path: null, label: null, split: null };

/** A folder of photos, or the folder of a list file. */
export interface DatasetSource {
  /** The folder. Paths of images are relative to it. */
  store: ReadableStore;
  /** Name of the list file in the folder, if one was given. */
  list?: string | undefined;
  /** Columns of lists. @default those of the usual names */
  columns?: ListColumns | undefined;
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
  // Of other folders nobody asks, and to list 10,000 photos once more takes 20 ms.
  for (const name of top.filter(looksLikeSplit)) {
    folders.set(name, await store.folders(name));
  }
  const chosen = Object.values(source.columns ?? USUAL_COLUMNS);
  const namesColumn = chosen.some((name) => name !== null);
  if (namesColumn || countClassFolders(folders) < 2) {
    const lists = await findFolderLists(store, top, origin);
    if (lists.length > 0) return await listFolderLists(source, lists);
  }
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
  const other = listing.otherFiles.find(isListName);
  if (listing.classNames.length === 1 && other !== undefined) {
    throw new DatasetError(
      `Cannot index "${origin}" as there must be at least two classes: there is one folder of photos, "${
        listing.classNames[0]
      }/", and a list to take instead, "${other}"`,
    );
  }
  listing.notes.push(...census.describe(declaredClasses, prefixOf));
  const list = listing.otherFiles.find(isFolderListName);
  if (list !== undefined) {
    listing.notes.push(
      `left alone: "${list}", as folders name the classes; --label-column NAME takes the list`,
    );
  }
  return listing;
}

/** Reads the rows of a list in the folder of a source. */
async function readRows(
  { store, columns = USUAL_COLUMNS }: DatasetSource,
  path: string,
  name: string,
): Promise<Candidate[]> {
  const { sizeBytes } = await store.stat(path) ?? {};
  if (sizeBytes !== undefined && sizeBytes > MAX_LIST_BYTES) {
    throw new DatasetError(
      `Cannot index "${name}" as a list may have ${MAX_LIST_BYTES} bytes: it has ${sizeBytes}`,
    );
  }
  const bytes = await store.read(path);
  if (bytes === undefined) {
    throw new DatasetError(`Cannot index "${name}": no such file`);
  }
  return await planList(bytes, name, columns);
}

/** Lists photos of lists, and looks up each of them. */
async function listRows(
  { store, origin }: DatasetSource,
  rows: readonly Candidate[],
): Promise<Listing> {
  limitClasses(new Set(rows.map((row) => row.className)), origin);
  const listing = new Listing(new Map());
  for (let start = 0; start < rows.length; start += LOOKUPS) {
    const some = rows.slice(start, start + LOOKUPS);
    const entries = await Promise.all(some.map(({ path }) => store.stat(path)));
    for (const [i, row] of some.entries()) {
      const { sizeBytes = -1, modifiedMs = 0 } = entries[i] ?? {};
      listing.push({ ...row, sizeBytes, modifiedMs });
    }
  }
  return listing;
}

/** Lists the dataset of a list file. */
async function listList(source: DatasetSource, path: string): Promise<Listing> {
  const rows = await readRows(source, path, source.origin);
  const isOfFolder = isFolderListName(path);
  const list = { path, prefix: "", split: undefined };
  return await listRows(source, isOfFolder ? placeRows(rows, list) : rows);
}

/** Lists the dataset that the lists of folders name. */
async function listFolderLists(
  source: DatasetSource,
  lists: readonly FolderList[],
): Promise<Listing> {
  const rows: Candidate[] = [];
  for (const list of lists) {
    const name = `${source.origin}/${list.path}`;
    const placed = placeRows(await readRows(source, list.path, name), list);
    for (const row of placed) rows.push(row);
  }
  rows.sort((a, b) => compareCodePoints(a.path, b.path));
  return await listRows(source, rows);
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
