/** Sorting photos into a folder a class; nothing is overwritten. */

import { basename, dirname, join } from "../../pipeline/path.ts";
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

/** Most bytes of a file name on common systems. */
const NAME_BYTES = 255;

/** An extension, after a name; what follows a dot further ahead belongs to the name. */
const EXTENSION = /[^/\\](\.[^./\\]{1,15})$/u;

/**
 * Makes a file name of a stem and its end.
 *
 * @param stem The stem; it loses characters where the name would be too long.
 * @param end The end, such as `.jpg`.
 * @returns At most 255 bytes in UTF-8.
 */
export function fitName(stem: string, end: string): string {
  const encoder = new TextEncoder();
  const characters = [...stem];
  while (encoder.encode(characters.join("") + end).length > NAME_BYTES) {
    characters.pop();
  }
  return characters.join("") + end;
}

/** Copies or links photos into folders by class. */
export class PhotoSorter {
  readonly #root: string;
  readonly #options: SortOptions;

  /**
   * Prepares to sort; nothing is written yet.
   *
   * @param root Absolute path of the folder of the classes.
   */
  constructor(root: string, options: SortOptions) {
    this.#root = root;
    this.#options = options;
  }

  /**
   * Puts a photo into the folder of its likeliest class.
   *
   * @param path Absolute path of the photo.
   * @returns Path of the copy; one of the same bytes that is there already stays.
   */
  async add(path: string, { top, digest }: Classification): Promise<string> {
    const [{ class: name, probability }] = top as [typeof top[0]];
    const isUnsure = probability < this.#options.threshold;
    const folder = join(this.#root, isUnsure ? UNSURE : folderOf(name));
    await Deno.mkdir(folder, { recursive: true });
    const [, extension = ""] = EXTENSION.exec(path) ?? [];
    const stem = basename(path, extension);
    // Another photo of the same name gets its digest into its own, then a number.
    for (let i = 0;; i++) {
      const mark = i === 0 ? "" : `-${digest}${i === 1 ? "" : `-${i}`}`;
      const target = join(folder, fitName(stem, mark + extension));
      if (await this.#place(path, target)) return target;
      if (await isCopy(path, target)) return target;
    }
  }

  /** Puts a photo where nothing is, whole or not at all; returns whether nothing was. */
  async #place(path: string, target: string): Promise<boolean> {
    try {
      if (this.#options.links) await Deno.symlink(path, target);
      else await copyNew(path, target);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) return false;
      throw error;
    }
  }
}

/**
 * Copies a file under a name that nothing has.
 *
 * @throws {Deno.errors.AlreadyExists} If something has it, even what another task has just made.
 */
async function copyNew(path: string, target: string): Promise<void> {
  if (await Deno.lstat(target).catch(() => undefined)) {
    throw new Deno.errors.AlreadyExists(target);
  }
  const temporary = join(dirname(target), `incomplete.${crypto.randomUUID()}`);
  try {
    await Deno.copyFile(path, temporary);
    // Unlike a rename, a link replaces nothing.
    await Deno.link(temporary, target).catch(async (error) => {
      if (error instanceof Deno.errors.AlreadyExists) throw error;
      // Where there are no links, as on FAT, the check above has to do.
      await Deno.rename(temporary, target);
    });
  } finally {
    await Deno.remove(temporary).catch(() => {});
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
