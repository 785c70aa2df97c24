/**
 * Lists in folders: `metadata.csv` and its like beside the photos, as Hugging
 * Face's `imagefolder` has them, for the whole dataset or in each split folder.
 *
 * Source: https://huggingface.co/docs/datasets/image_dataset
 */

import { isAbsolute } from "../path.ts";
import type { ReadableStore } from "../artifact/store.ts";
import { DatasetError } from "../errors.ts";
import type { Candidate } from "./candidate.ts";
import { parseSplit, type Split } from "./split.ts";

/** Names of the list of a folder, the first that is there is taken. */
const NAMES = ["metadata.csv", "metadata.jsonl", "metadata.parquet"];

export interface FolderList {
  /** Path of the list. */
  path: string;
  /** Its folder with a final `/`, which its paths are relative to; empty for the dataset's own. */
  prefix: string;
  /** Split of its photos, if the folder is that of one. */
  split: Split | undefined;
}

/**
 * Says whether a file is the list of a folder, by its name.
 *
 * @returns Whether it is called `metadata.csv` or the like.
 */
export function isFolderListName(path: string): boolean {
  return NAMES.some((name) => path === name || path.endsWith(`/${name}`));
}

/** Finds the list of a folder. */
async function findList(
  store: ReadableStore,
  prefix: string,
): Promise<FolderList | undefined> {
  const split = parseSplit(prefix.slice(0, -1));
  for (const name of NAMES) {
    const path = prefix + name;
    const entry = await store.stat(path);
    if (entry !== undefined) return { path, prefix, split };
  }
  return undefined;
}

/**
 * Finds the lists that name the photos of a dataset: its own, or those of its split folders.
 *
 * @param origin Name of the dataset, for errors.
 * @returns The lists; none if there is none.
 * @throws {DatasetError} If one split folder has a list and another has none.
 */
export async function findFolderLists(
  store: ReadableStore,
  top: readonly string[],
  origin: string,
): Promise<FolderList[]> {
  const own = await findList(store, "");
  if (own) return [own];
  const named = top.filter(parseSplit);
  const found = await Promise.all(
    named.map((folder) => findList(store, `${folder}/`)),
  );
  const lists = found.filter((list) => list !== undefined);
  if (lists.length > 0 && lists.length < named.length) {
    throw new DatasetError(
      `Cannot index "${origin}" as each split folder must have a list if one has: there is "${
        lists[0]!.path
      }" and none in "${named[found.indexOf(undefined)]}/"`,
    );
  }
  return lists;
}

/**
 * Gives the rows of a list their paths in the dataset, and the splits of folders where they have none.
 *
 * @param rows The rows, whose paths are relative to the list.
 * @returns The rows; those without a split get that of the list's folder, or, if all photos are in split folders, that of theirs.
 */
export function placeRows(
  rows: readonly Candidate[],
  { prefix, split }: FolderList,
): Candidate[] {
  const splitOf = (path: string) => split ?? parseSplit(path.split("/")[0]!);
  const areInSplits = rows.every(({ path }) => splitOf(path) !== undefined);
  return rows.map((row) => ({
    ...row,
    path: isAbsolute(row.path) ? row.path : prefix + row.path,
    split: row.split ?? (areInSplits ? splitOf(row.path) : undefined),
  }));
}
