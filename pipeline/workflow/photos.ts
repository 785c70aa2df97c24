/**
 * Where the photos of a run are (an edge: it opens the file system).
 *
 * @module
 */

import { basename, dirname } from "@std/path";
import { FileStore } from "../artifact/file_store.ts";
import type { DatasetSource } from "../dataset/dataset_source.ts";
import { DatasetError } from "../errors.ts";

/** The photos that come with the program. */
const EMBEDDED = new URL("../../fixtures/images/", import.meta.url);

/** What the embedded photos are called in messages. */
const EMBEDDED_NAME = "the embedded photos";

/** Extensions of list files. */
const LIST_FILE = /\.(csv|jsonl)$/i;

/**
 * Opens the photos of a run.
 *
 * @param data Absolute path of a folder or of a `.csv` or `.jsonl` list; `null` for the embedded photos.
 * @returns Where they are.
 * @throws {DatasetError} If there is no such folder or list.
 */
export async function openPhotos(data: string | null): Promise<DatasetSource> {
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
