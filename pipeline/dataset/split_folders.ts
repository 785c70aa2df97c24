/**
 * Split folders: which of the top folders of a dataset are splits.
 *
 * A tree that looks like splits and cannot be taken as such is refused: its split
 * folders would otherwise become classes without a message.
 */

import { DatasetError } from "../errors.ts";
import { parseSplit, type Split } from "./split.ts";

/** Names of folders, under the folder that they are in; the dataset's own is empty. */
export type FolderNames = ReadonlyMap<string, readonly string[]>;

/** A folder that holds class folders. */
export interface ClassRoot {
  /** Path with a final `/`; empty for the dataset's own folder. */
  prefix: string;
  /** Split of its images, or `undefined` if it is drawn. */
  split: Split | undefined;
}

/** What the files of an archive that was made on a Mac come with. */
const ARCHIVE_DEBRIS = "__MACOSX";

/**
 * Says whether a file or folder is left alone by its name.
 *
 * @returns Whether it is hidden, as `.DS_Store` is, or debris of an archive.
 */
export function isHiddenName(name: string): boolean {
  return name.startsWith(".") || name === ARCHIVE_DEBRIS;
}

/** Returns the split that a word of a name stands for, as in `val_images`. */
function lookalikeSplit(name: string): Split | undefined {
  return name.split(/[^a-z]+/i).map(parseSplit).find(Boolean);
}

/** Says whether a top folder is named as a split, or nearly: only then do the folders in it matter. */
export function looksLikeSplit(name: string): boolean {
  return (parseSplit(name) ?? lookalikeSplit(name)) !== undefined;
}

/** Joins names of folders for a message. */
function listFolders(names: readonly string[]): string {
  const quoted = names.map((name) => `"${name}/"`);
  const last = quoted.pop()!;
  return quoted.length > 0 ? `${quoted.join(", ")} and ${last}` : last;
}

/** Finds the split folders of a tree whose `train` holds class folders. */
function splitRoots(named: readonly string[], origin: string): ClassRoot[] {
  const roots: ClassRoot[] = [];
  for (const folder of named) {
    const split = parseSplit(folder)!;
    const twin = roots.find((root) => root.split === split);
    if (twin) {
      throw new DatasetError(
        `Cannot index "${origin}" as there must be one ${split} folder: there are "${twin.prefix}" and "${folder}/"`,
      );
    }
    roots.push({ prefix: `${folder}/`, split });
  }
  return roots;
}

/** Says what is wrong with a tree that looks like splits; nothing if it looks like classes. */
function describeLookalikes(
  top: readonly string[],
  inside: (name: string) => readonly string[],
): string | undefined {
  const named = top.filter(parseSplit);
  const splits = new Set(named.map(parseSplit));
  const holders = named.filter((name) => inside(name).length > 0);
  const isBeside = (name: string) =>
    inside(name).some((below) => top.includes(below));
  const looks = splits.size > 1 ||
    holders.some((name) => top.length === 1 || isBeside(name));
  if (!looks) return undefined;
  const wrong = splits.has("train")
    ? "there is no class folder in the train folder"
    : "there is no train folder beside them";
  return `${listFolders(named)} look like splits but ${wrong}`;
}

/** Refuses folders that are named nearly like splits, and would be classes or left alone. */
function refuseMisnamed(candidates: readonly string[], origin: string): void {
  throw new DatasetError(
    `Cannot index "${origin}" as ${
      listFolders(candidates)
    } look like splits but are not named so: rename them to train/, val/ or test/`,
  );
}

/**
 * Counts the folders that may be classes, before it is known which are.
 *
 * @param folders The names of the top folders under the empty name, and of the folders in each of them under its name.
 * @returns How many names: of folders in those named as splits, and of the other top folders.
 */
export function countClassFolders(folders: FolderNames): number {
  const names = (folders.get("") ?? [])
    .flatMap((name) => parseSplit(name) ? folders.get(name) ?? [] : [name]);
  return new Set(names.filter((name) => !isHiddenName(name))).size;
}

/**
 * Finds the folders that hold class folders.
 *
 * @param folders The names of the top folders under the empty name, and of the folders in each of them under its name.
 * @param origin Name of the dataset, for errors.
 * @returns The split folders if `train` is among them and holds class folders; otherwise the dataset's own folder.
 * @throws {DatasetError} If a split has two folders, or the tree looks like splits but is not named or built so.
 */
export function findClassRoots(
  folders: FolderNames,
  origin: string,
): ClassRoot[] {
  const inside = (name: string) =>
    (folders.get(name) ?? []).filter((below) => !isHiddenName(below));
  const top = inside("");
  const named = top.filter(parseSplit);
  const classes = named.filter((name) => parseSplit(name) === "train")
    .flatMap(inside);
  const misnamed = top.filter((name) =>
    !parseSplit(name) && lookalikeSplit(name) && inside(name).length > 0
  );
  if (classes.length > 0) {
    const like = misnamed.filter((name) =>
      inside(name).some((below) => classes.includes(below))
    );
    if (like.length > 0) refuseMisnamed(like, origin);
    return splitRoots(named, origin);
  }
  const found = describeLookalikes(top, inside);
  if (found !== undefined) {
    throw new DatasetError(
      `Cannot index "${origin}" as ${found}: wanted train/<class>/<photo>, with val/ or test/ beside it`,
    );
  }
  if (new Set(misnamed.map(lookalikeSplit)).size > 1) {
    refuseMisnamed(misnamed, origin);
  }
  return [{ prefix: "", split: undefined }];
}
