/**
 * What a person should know of the folders of a dataset: which were left alone,
 * and whether the classes seem to be at another level.
 */

import { DatasetError } from "../errors.ts";
import type { Candidate } from "./candidate.ts";
import type { FolderLayout } from "./folder_layout.ts";
import { isHiddenName } from "./split_folders.ts";

/** Names in a message before the rest is counted. */
const SHOWN = 3;

/** Joins names of folders: the first few, and how many more. */
function listFolders(names: Iterable<string>): string {
  const all = [...names];
  const shown = all.slice(0, SHOWN).map((name) => `"${name}/"`).join(", ");
  const more = all.length - SHOWN;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** Folders of a dataset, as its files tell of them. */
export class FolderCensus {
  /** Class folders that hold photos, and whether all of them lie deeper. */
  readonly #classes = new Map<string, boolean>();
  /** Folders below class folders that hold photos. */
  readonly #nested = new Set<string>();
  /** All folders that hold photos. */
  readonly #folders = new Set<string>();
  /** Hidden folders, but for those below others. */
  readonly #hidden = new Set<string>();
  /** Names of the folders that all photos are in. */
  #common: string[] | undefined;

  /** Counts a hidden file; the hidden folder that it is in is told. */
  addHidden(path: string): void {
    const parts = path.split("/");
    const first = parts.findIndex(isHiddenName);
    if (first === parts.length - 1) return;
    this.#hidden.add(parts.slice(0, first + 1).join("/"));
  }

  /** Counts a photo. */
  add({ path, split }: Candidate): void {
    const folder = path.slice(0, path.lastIndexOf("/"));
    if (this.#folders.has(folder)) return;
    this.#folders.add(folder);
    const folders = folder.split("/");
    const depth = split === undefined ? 1 : 2;
    const name = folders.slice(0, depth).join("/");
    const isNested = folders.length > depth;
    this.#classes.set(name, isNested && (this.#classes.get(name) ?? true));
    if (isNested) this.#nested.add(folders.slice(0, depth + 1).join("/"));
    const common = this.#common ?? folders;
    const end = common.findIndex((part, i) => part !== folders[i]);
    this.#common = end < 0 ? common : common.slice(0, end);
  }

  /**
   * Refuses a folder one level or more above the classes.
   *
   * @throws {DatasetError} If all photos are in one class, in folders of its own.
   */
  requireClasses(origin: string): void {
    const common = this.#common ?? [];
    const below = new Set(
      [...this.#folders].map((path) => path.split("/")[common.length]),
    );
    const isHigh = below.size > 1 && !below.has(undefined);
    if (common.length === 0 || !isHigh) return;
    const inner = common.join("/");
    throw new DatasetError(
      `Cannot index "${origin}" as there must be at least two classes, and all photos are in "${inner}/": is "${origin}/${inner}" the folder to take?`,
    );
  }

  /** Says that photos lie deeper than their class; with the level that may be meant. */
  #describeNested(): string[] {
    if (this.#nested.size === 0) return [];
    const told = `photos in ${
      listFolders(this.#nested)
    } belong to the class of the folder above`;
    const inner = new Set(
      [...this.#nested].map((path) => path.slice(path.lastIndexOf("/") + 1)),
    );
    const areDeeper = [...this.#classes.values()].every(Boolean);
    if (!areDeeper || inner.size < 2) return [told];
    return [
      `${told}; no class has photos of its own: if ${
        listFolders(inner)
      } are the classes, put them side by side in one folder`,
    ];
  }

  /**
   * Says what was left alone, and what lies deeper than a class.
   *
   * @param declaredClasses Classes that have a folder, in each split that has folders.
   * @param prefixOf Returns the folder of a split, with a final `/`.
   * @returns Sentences; none when all is well.
   */
  describe(
    declaredClasses: FolderLayout["declaredClasses"],
    prefixOf: FolderLayout["prefixOf"],
  ): string[] {
    const folders = [...declaredClasses].flatMap(([split, names]) =>
      [...names].map((name) => prefixOf(split) + name)
    );
    const empty = folders.filter((folder) => !this.#classes.has(folder));
    const notes: string[] = [];
    if (this.#hidden.size > 0) {
      notes.push(`left alone as hidden: ${listFolders(this.#hidden)}`);
    }
    if (empty.length > 0) {
      notes.push(`left alone without a photo: ${listFolders(empty)}`);
    }
    return [...notes, ...this.#describeNested()];
  }
}
