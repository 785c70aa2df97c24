/**
 * The folder of an export: there complete, or not at all (an edge).
 *
 * Files are written to a folder beside it, which takes its name at the end. What an
 * earlier export left there is replaced; anything else is never touched.
 */

import { basename, dirname, join, resolve } from "../path.ts";
import { makeFolder, syncFolder } from "../artifact/write_content.ts";
import { FileStore, isIncomplete } from "../artifact/file_store.ts";
import { orElse } from "../artifact/walk_folder.ts";
import { ConfigError } from "../errors.ts";

/** Name of the file that is written last, and lists the others. */
export const EXPORT_FILE = "export.json";

/** Name of the file that a program keeps locked while it writes a folder. */
const LOCK = "lock";

function refuse(folder: string, found: string): never {
  throw new ConfigError(
    `Cannot export to "${folder}" as it must be a new or empty folder, or one of an earlier export: ${found}`,
    "out",
  );
}

/** Lists the files that an export says are its own. */
function ownFiles(bytes: Uint8Array | undefined): string[] {
  try {
    const { files } = JSON.parse(new TextDecoder().decode(bytes));
    return files.map(({ path }: { path: string }) => path);
  } catch {
    return [];
  }
}

/** Makes sure that a folder holds nothing, or an export and nothing else; says whether it is there. */
async function requireFree(folder: string): Promise<boolean> {
  const info = await orElse(() => Deno.stat(folder), undefined);
  if (info === undefined) return false;
  if (!info.isDirectory) refuse(folder, "it is a file");
  const store = new FileStore(folder);
  const own = [EXPORT_FILE, ...ownFiles(await store.read(EXPORT_FILE))];
  for await (const { path } of store.walk("")) {
    if (!own.includes(path)) refuse(folder, `it holds "${path}"`);
  }
  return true;
}

/** Names a folder beside another, for as long as it is incomplete. */
function besideName(folder: string): string {
  const name = `incomplete.${crypto.randomUUID()}.${basename(folder)}`;
  return join(dirname(folder), name);
}

/** Locks a folder that is being written; `undefined` while someone else does. */
async function lockFolder(folder: string): Promise<Deno.FsFile | undefined> {
  const options = { create: true, write: true };
  const file = await Deno.open(join(folder, LOCK), options);
  if (await file.tryLock(true)) return file;
  file.close();
  return undefined;
}

/** Removes what exports to a folder that were killed left beside it. */
async function sweep(folder: string): Promise<void> {
  const parent = dirname(folder);
  for await (const { name, isDirectory } of Deno.readDir(parent)) {
    const isOurs = isIncomplete(name) && name.endsWith(`.${basename(folder)}`);
    if (!isOurs || !isDirectory) continue;
    const path = join(parent, name);
    using lock = await orElse(() => lockFolder(path), undefined);
    if (lock) await Deno.remove(path, { recursive: true });
  }
}

/** An export that is being written. Dispose of it with `await using`. */
export class ExportFolder implements AsyncDisposable {
  /** The files, for as long as they are written. */
  readonly store: FileStore;
  readonly #target: string;
  readonly #lock: Deno.FsFile;

  private constructor(target: string, beside: string, lock: Deno.FsFile) {
    this.#target = target;
    this.store = new FileStore(beside);
    this.#lock = lock;
  }

  /**
   * Begins an export.
   *
   * @throws {ConfigError} If there is something else at the path.
   */
  static async open(path: string): Promise<ExportFolder> {
    const target = await orElse(() => Deno.realPath(path), resolve(path));
    await requireFree(target);
    await makeFolder(dirname(target));
    await sweep(target);
    const beside = besideName(target);
    await makeFolder(beside);
    return new ExportFolder(target, beside, (await lockFolder(beside))!);
  }

  /**
   * Gives the folder its name; everything in it is complete.
   *
   * @throws {ConfigError} If there is something else at the path by now.
   */
  async commit(): Promise<void> {
    const old = besideName(this.#target);
    const isThere = await requireFree(this.#target);
    await Deno.remove(join(this.store.root, LOCK));
    if (isThere) await Deno.rename(this.#target, old);
    await Deno.rename(this.store.root, this.#target);
    await syncFolder(dirname(this.#target));
    if (isThere) await Deno.remove(old, { recursive: true });
  }

  /** Removes what was not committed. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#lock.close();
    const { root } = this.store;
    await orElse(() => Deno.remove(root, { recursive: true }), undefined);
  }
}
