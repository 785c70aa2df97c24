/**
 * Dataset sources: where photos are, and what is known of them without opening
 * one.
 *
 * @module
 */

import { DatasetError } from "../errors.ts";
import type { ReadableStore } from "../artifact/store.ts";
import type { Candidate, DatasetPlan } from "./candidate.ts";
import { isImageName, planFolder } from "./folder_layout.ts";
import { planList } from "./list_file.ts";

/** A folder of photos, or the folder of a list file. */
export interface DatasetSource {
  /** The folder. Paths of images are relative to it. */
  store: ReadableStore;
  /** Name of the list file in the folder, if there is one. */
  list?: string | undefined;
  /** What the user called it, for errors. */
  origin: string;
}

/** A candidate with what the file system says of its file. */
export interface ListedCandidate extends Candidate {
  /** Size in bytes, or -1 where there is no such file. */
  sizeBytes: number;
  /** Time of the last change, in milliseconds since 1970. */
  modifiedMs: number;
}

/** A plan whose files have been looked up. */
export interface Listing extends DatasetPlan {
  /** The images, sorted by path. */
  candidates: ListedCandidate[];
}

/** Plans the dataset of a folder, which must exist. */
async function listFolder(source: DatasetSource): Promise<Listing> {
  const { store, origin } = source;
  const entries = await store.list("");
  const top = await store.folders("");
  const folders = new Map<string, string[]>([["", top]]);
  for (const name of top) folders.set(name, await store.folders(name));
  const files = entries.map(({ path }) => path);
  const plan = planFolder({ files, folders }, origin);
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const candidates = plan.candidates.map((candidate) => {
    const { sizeBytes, modifiedMs } = byPath.get(candidate.path)!;
    return { ...candidate, sizeBytes, modifiedMs };
  });
  return { ...plan, candidates };
}

/** Plans the dataset of a list file, and looks up each of its images. */
async function listList(
  source: DatasetSource,
  list: string,
): Promise<Listing> {
  const { store, origin } = source;
  const bytes = await store.read(list);
  if (bytes === undefined) {
    throw new DatasetError(`Cannot index "${origin}": no such file`);
  }
  const plan = planList(bytes, origin);
  const candidates: ListedCandidate[] = [];
  for (const candidate of plan.candidates) {
    const entry = await store.stat(candidate.path);
    const { sizeBytes = -1, modifiedMs = 0 } = entry ?? {};
    candidates.push({ ...candidate, sizeBytes, modifiedMs });
  }
  return { ...plan, candidates };
}

/**
 * Lists the images of a source without opening them.
 *
 * @param source Where photos are.
 * @returns The candidates with sizes and times, and what was left alone.
 * @throws {DatasetError} If there is no image, or the layout cannot be used.
 */
export async function listDataset(source: DatasetSource): Promise<Listing> {
  const listing = source.list === undefined
    ? await listFolder(source)
    : await listList(source, source.list);
  if (listing.candidates.length === 0) {
    const [photo] = listing.otherFiles.filter(isImageName);
    const where = photo ? ` in class folders, though there is "${photo}"` : "";
    throw new DatasetError(
      `Cannot index "${source.origin}" as it holds no images${where}: wanted <class>/<photo>, or train/<class>/<photo> with val/ or test/ beside it, or a list with columns path and label`,
    );
  }
  return listing;
}
