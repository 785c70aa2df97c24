/**
 * Folder layouts: `train/<class>/…` with held-out splits beside it, or
 * `<class>/…` alone.
 *
 * @module
 */

import { DatasetError } from "../errors.ts";
import type { Candidate } from "./candidate.ts";
import { parseSplit, type Split } from "./split.ts";

/**
 * Extensions that make a file a candidate; what it is, its content decides.
 * Formats that cannot be decoded are among them, so that a photo in such a
 * format is listed as rejected and not passed over.
 */
const IMAGE_EXTENSION =
  /\.(jpe?g|jpe|jfif|png|gif|bmp|webp|tiff?|ppm|heic|heif|avif)$/i;

/** Whether a path has a part that starts with a dot, as `.DS_Store` does. */
function isHidden(path: string): boolean {
  return path.split("/").some((part) => part.startsWith("."));
}

/** A folder that holds class folders. */
interface ClassRoot {
  /** Path with a final `/`; empty for the dataset's own folder. */
  prefix: string;
  /** Split of its images, or `undefined` if it is drawn. */
  split: Split | undefined;
}

/** Says where class folders are, from the names of the top folders. */
function classRoots(
  topFolders: readonly string[],
  options: { hasSplits: boolean; origin: string },
): ClassRoot[] {
  const { hasSplits, origin } = options;
  if (!hasSplits) return [{ prefix: "", split: undefined }];
  const roots: ClassRoot[] = [];
  for (const folder of topFolders) {
    const split = parseSplit(folder);
    if (split === undefined) continue;
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

/**
 * Says whether a file may be an image, by its name.
 *
 * @param path Path of the file.
 * @returns Whether its extension is one of images.
 */
export function isImageName(path: string): boolean {
  return IMAGE_EXTENSION.test(path);
}

/** The layout of a dataset in a folder. */
export interface FolderLayout {
  /** Classes that have a folder, in each split that has folders; an empty one counts. */
  declaredClasses: Map<Split | undefined, Set<string>>;
  /** Says what a file is, by its path: an image, or a file that is left alone; `undefined` for a hidden one. */
  place: (path: string) => Candidate | "other" | undefined;
}

/**
 * Finds out the layout of a dataset in a folder.
 *
 * A folder named `train` at the top that has folders in it decides: then splits
 * are folders, and the class is the folder below; otherwise the class is the top
 * folder, whatever its name. Images may lie deeper; hidden files and folders are
 * passed over.
 *
 * @param folders The names of the top folders under the empty name, and of the folders in each of them under its name.
 * @param origin Name of the folder, for errors.
 * @returns The layout.
 * @throws {DatasetError} If a split has two folders.
 */
export function planFolder(
  folders: ReadonlyMap<string, readonly string[]>,
  origin: string,
): FolderLayout {
  const visible = (names: readonly string[]) =>
    names.filter((name) => !name.startsWith("."));
  const topFolders = visible([...folders.keys()].filter(Boolean));
  const hasSplits = visible(folders.get("train") ?? []).length > 0;
  const roots = classRoots(topFolders, { hasSplits, origin });
  const declaredClasses: FolderLayout["declaredClasses"] = new Map();
  for (const { prefix, split } of roots) {
    const names = prefix === ""
      ? topFolders
      : visible(folders.get(prefix.slice(0, -1)) ?? []);
    declaredClasses.set(split, new Set(names));
  }
  const place = (path: string) => {
    if (isHidden(path)) return undefined;
    const root = roots.find(({ prefix }) => path.startsWith(prefix));
    const inside = root && path.slice(root.prefix.length).split("/");
    if (!inside || inside.length < 2 || !isImageName(path)) return "other";
    return { path, className: inside[0]!, split: root.split };
  };
  return { declaredClasses, place };
}
