/**
 * The folder from which a person called `deno task`.
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

/** Makes a path that a person gave absolute. */
export function resolveFromCaller(path: string): string {
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
