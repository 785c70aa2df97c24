/**
 * Folder layouts: `train/<class>/…` with held-out splits beside it, or
 * `<class>/…` alone.
 */

import type { Candidate } from "./candidate.ts";
import type { Split } from "./split.ts";
import {
  findClassRoots,
  type FolderNames,
  isHiddenName,
} from "./split_folders.ts";

/**
 * Extensions that make a file a candidate; what it is, its content decides.
 * Formats that cannot be decoded are among them, so that a photo in such a
 * format is listed as rejected and not passed over.
 */
const IMAGE_EXTENSION =
  /\.(jpe?g|jpe|jfif|png|gif|bmp|dib|webp|tiff?|ppm|heic|heif|hif|avif)$/i;

/** Says whether a file may be an image, by its name. */
export function isImageName(path: string): boolean {
  return IMAGE_EXTENSION.test(path);
}

/** The layout of a dataset in a folder. */
export interface FolderLayout {
  /** Classes that have a folder, in each split that has folders; an empty one counts. */
  declaredClasses: Map<Split | undefined, Set<string>>;
  /** Says what a file is, by its path: an image, a file that is left alone, or a hidden one. */
  place: (path: string) => Candidate | "other" | "hidden";
  /** Returns the folder of a split, with a final `/`; empty for the dataset's own. */
  prefixOf: (split: Split | undefined) => string;
}

/**
 * Finds out the layout of a dataset in a folder.
 *
 * If a top folder named `train` or `training` has folders in it, splits are
 * folders, and the class is the folder below; otherwise the class is the top
 * folder, whatever its name. Images may lie deeper; hidden files and folders are
 * passed over.
 *
 * @param folders The names of the top folders under the empty name, and of the folders in each of them under its name.
 * @param origin Name of the folder, for errors.
 * @throws {DatasetError} If a split has two folders, or the tree looks like splits but cannot be taken as such.
 */
export function planFolder(folders: FolderNames, origin: string): FolderLayout {
  const roots = findClassRoots(folders, origin);
  const declaredClasses: FolderLayout["declaredClasses"] = new Map();
  for (const { prefix, split } of roots) {
    const names = folders.get(prefix.slice(0, -1)) ?? [];
    const visible = names.filter((name) => !isHiddenName(name));
    declaredClasses.set(split, new Set(visible));
  }
  const place = (path: string) => {
    if (path.split("/").some(isHiddenName)) return "hidden";
    const root = roots.find(({ prefix }) => path.startsWith(prefix));
    const start = root?.prefix.length;
    const end = path.indexOf("/", start);
    if (!root || end < 0 || !isImageName(path)) return "other";
    return { path, className: path.slice(start, end), split: root.split };
  };
  const prefixOf = (split: Split | undefined) =>
    roots.find((root) => root.split === split)?.prefix ?? "";
  return { declaredClasses, place, prefixOf };
}
