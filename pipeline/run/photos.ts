/**
 * Where the photos of a run are (an edge: it opens the file system).
 *
 * @module
 */

import { basename, dirname } from "@std/path";
import { FileStore } from "../artifact/file_store.ts";
import { type DatasetSource, listDataset } from "../dataset/dataset_source.ts";
import type { Listing } from "../dataset/listing.ts";
import { DatasetError } from "../errors.ts";
import type { Photos } from "../stages/outside.ts";
import { openPool } from "./preprocess/pool.ts";

/** The photos that come with the program. */
const EMBEDDED = new URL("../../fixtures/images/", import.meta.url);

/** What the embedded photos are called in messages. */
const EMBEDDED_NAME = "the embedded photos";

/** Extensions of list files. */
const LIST_FILE = /\.(csv|jsonl)$/i;

/** Finds a folder or a list; throws if there is none. */
async function openPhotos(data: string | null): Promise<DatasetSource> {
  if (data === null) {
    return { store: new FileStore(EMBEDDED), origin: EMBEDDED_NAME };
  }
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(data);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new DatasetError(
      `Cannot use "${data}" as photos: there is no such folder or list`,
      { cause },
    );
  }
  if (info.isDirectory) return { store: new FileStore(data), origin: data };
  if (!LIST_FILE.test(data)) {
    throw new DatasetError(
      `Cannot use "${data}" as photos as it must be a folder, or a list that ends in .csv or .jsonl: it is a file`,
    );
  }
  const list = basename(data);
  return { store: new FileStore(dirname(data)), list, origin: data };
}

/**
 * Prepares to read the photos of a run; nothing is read yet.
 *
 * @param data Absolute path of a folder or of a `.csv` or `.jsonl` list; `null` for the embedded photos.
 * @returns The photos, opened and listed once, when they are first asked for.
 */
export function photosOf(data: string | null): Photos {
  let source: Promise<DatasetSource> | undefined;
  let listing: Promise<Listing> | undefined;
  const open = () => source ??= openPhotos(data);
  return {
    open,
    list: () => listing ??= open().then(listDataset),
    openPreprocessor: openPool,
  };
}
