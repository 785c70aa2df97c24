/** Opens the photos of a run (an edge: it opens the file system). */

import { basename, dirname } from "../path.ts";
import type { Config } from "../config/config_type.ts";
import { FileStore } from "../artifact/file_store.ts";
import type { DatasetSource } from "../dataset/dataset_source.ts";
import type { ListColumns } from "../dataset/list_columns.ts";
import { isListName } from "../dataset/list_rows.ts";
import type { Listing } from "../dataset/listing.ts";
import { DatasetError } from "../errors.ts";
import { isLocation } from "../s3/location.ts";
import type { Photos } from "../stages/outside.ts";
import type { PipelineContext } from "./events.ts";

/** The photos that come with the program. */
const EMBEDDED = new URL("../../fixtures/images/", import.meta.url);

/** Name of the embedded photos in messages. */
const EMBEDDED_NAME = "the embedded photos";

/** The settings that say where photos are. */
type PhotoSettings = Pick<
  Config,
  "data" | "pathColumn" | "labelColumn" | "splitColumn"
>;

/**
 * Photos that are read at a time from an object store. Measured at 40 ms a request: the
 * tensors of 210 photos take 4.4 s so, and 7.5 s with as many as for a disk.
 */
const OBJECTS_AT_ONCE = 32;

/** Names a folder or a list in an object store. */
async function openObjectPhotos(
  data: string,
  columns: ListColumns,
  signal: AbortSignal,
): Promise<DatasetSource> {
  const { openObjects } = await import("./object_store.ts");
  const open = (location: string) => ({
    store: openObjects(location, "data", signal),
    origin: data,
    columns,
    readsAtOnce: OBJECTS_AT_ONCE,
  });
  if (!isListName(data)) return open(data);
  const end = data.lastIndexOf("/");
  return { ...open(data.slice(0, end)), list: data.slice(end + 1) };
}

/** Finds a folder or a list; throws if there is none. */
async function openPhotos(
  settings: PhotoSettings,
  signal: AbortSignal,
): Promise<DatasetSource> {
  const { data, pathColumn, labelColumn, splitColumn } = settings;
  if (data === null) {
    if (EMBEDDED.protocol !== "file:") {
      throw new DatasetError(
        `Cannot use ${EMBEDDED_NAME} as the library was not loaded from files: name a folder of photos or a list`,
      );
    }
    return { store: new FileStore(EMBEDDED), origin: EMBEDDED_NAME };
  }
  const columns = { path: pathColumn, label: labelColumn, split: splitColumn };
  if (isLocation(data)) return await openObjectPhotos(data, columns, signal);
  let info: Deno.FileInfo;
  try {
    info = await Deno.stat(data);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new DatasetError(
      `Cannot use "${data}" as photos: there is no such folder or list`,
    );
  }
  if (info.isDirectory) {
    return { store: new FileStore(data), columns, origin: data };
  }
  if (!isListName(data)) {
    throw new DatasetError(
      `Cannot use "${data}" as photos as it must be a folder, or a list that ends in .csv, .tsv, .jsonl or .parquet: it is a file`,
    );
  }
  const store = new FileStore(dirname(data));
  return { store, list: basename(data), columns, origin: data };
}

/**
 * Prepares to read the photos of a run; nothing is read yet.
 *
 * @param settings Absolute path of a folder or of a list, `null` for the embedded photos, and the columns of a list.
 * @param context What stops the task.
 * @returns The photos, opened and listed once, when they are first asked for.
 */
export function photosOf(
  settings: PhotoSettings,
  { signal }: Pick<PipelineContext, "signal">,
): Photos {
  let source: Promise<DatasetSource> | undefined;
  let listing: Promise<Listing> | undefined;
  const open = () => source ??= openPhotos(settings, signal);
  const list = async () => {
    const { listDataset } = await import("../dataset/dataset_source.ts");
    return await listDataset(await open());
  };
  return { open, list: () => listing ??= list() };
}
