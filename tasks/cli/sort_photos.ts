/**
 * Sorting photos into a folder a class; nothing is overwritten.
 *
 * @module
 */

import { basename, extname, join } from "@std/path";
import type { Classification } from "../../mod.ts";

/** How photos are sorted. */
export interface SortOptions {
  /** Whether to make links instead of copies. */
  links: boolean;
  /** Probability below which a photo goes to the folder of those that are unsure. */
  threshold: number;
}

/** Folder of the photos below the threshold; no class can be called that. */
const UNSURE = "unsure";

/** Makes a name of a class safe as a folder on every system. */
function folderOf(name: string): string {
  const safe = name.replace(
    /[\p{Cc}<>:"/\\|?*%]/gu,
    (char) => `%${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return /^\.*$/.test(safe) || safe === UNSURE ? `%${safe}` : safe;
}

/** Copies or links photos into folders by class. */
export class PhotoSorter {
  readonly #root: string;
  readonly #options: SortOptions;

  /**
   * Prepares to sort; nothing is written yet.
   *
   * @param root Absolute path of the folder of the classes.
   * @param options How photos are sorted.
   */
  constructor(root: string, options: SortOptions) {
    this.#root = root;
    this.#options = options;
  }

  /**
   * Puts a photo into the folder of its likeliest class.
   *
   * @param path Absolute path of the photo.
   * @param classification What it shows.
   * @returns Path of the copy; one of the same bytes that is there already stays.
   */
  async add(path: string, { top, digest }: Classification): Promise<string> {
    const [{ class: name, probability }] = top as [typeof top[0]];
    const isUnsure = probability < this.#options.threshold;
    const folder = join(this.#root, isUnsure ? UNSURE : folderOf(name));
    await Deno.mkdir(folder, { recursive: true });
    const extension = extname(path);
    const stem = basename(path, extension);
    // Another photo of the same name gets its digest into its own.
    const names = [`${stem}${extension}`, `${stem}-${digest}${extension}`];
    for (const name of names) {
      const target = join(folder, name);
      if (await this.#place(path, target)) return target;
      if (await isCopy(path, target)) return target;
    }
    return join(folder, names[1]!);
  }

  /** Puts a photo where nothing is; returns whether nothing was. */
  async #place(path: string, target: string): Promise<boolean> {
    try {
      if (this.#options.links) await Deno.symlink(path, target);
      else {
        using from = await Deno.open(path);
        // Fails where there is a file, even one that another task has just made.
        using to = await Deno.open(target, { write: true, createNew: true });
        await from.readable.pipeTo(to.writable);
      }
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return false;
      throw error;
    }
  }
}

/** Says whether a file holds the bytes of another, or leads to it. */
async function isCopy(path: string, target: string): Promise<boolean> {
  const [one, other] = await Promise.all(
    [path, target].map((name) => Deno.readFile(name).catch(() => undefined)),
  );
  return one !== undefined && one.length === other?.length &&
    one.every((byte, i) => byte === other[i]);
}
