/**
 * Paths as a person gives them.
 *
 * @module
 */

import { isAbsolute, join, relative, resolve } from "@std/path";

/** Name of the work directory where none is given. */
const WORK = ".headstart";

/** The folder in which the person called `deno task`, which runs tasks in the folder of `deno.json`. */
function callerFolder(): string {
  return Deno.env.get("INIT_CWD") ?? Deno.cwd();
}

/**
 * Makes a path that a person gave absolute.
 *
 * @param path The path, relative to where the person called `deno task`.
 * @returns The absolute path.
 */
export function resolveUserPath(path: string): string {
  return resolve(callerFolder(), path);
}

/**
 * Returns the work directory where none is given.
 *
 * @returns Absolute path: in the project for who is anywhere in it, else where the person is.
 */
export function defaultWork(): string {
  const project = Deno.cwd();
  const way = relative(project, callerFolder());
  const isOutside = way.startsWith("..") || isAbsolute(way);
  return join(isOutside ? callerFolder() : project, WORK);
}
