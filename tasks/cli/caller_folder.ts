/** The folder from which a person called `deno task`. */

import { isAbsolute, join, relative, resolve } from "../../pipeline/path.ts";

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

/** Whether the person called from outside of the project. */
function isOutside(): boolean {
  const way = relative(Deno.cwd(), callerFolder());
  return way.startsWith("..") || isAbsolute(way);
}

/**
 * Returns the work directory where none is given.
 *
 * @returns Absolute path: in the project for who is anywhere in it, else where the person is.
 */
export function defaultWork(): string {
  return join(isOutside() ? callerFolder() : Deno.cwd(), WORK);
}

/**
 * Returns the words before the name of a task, as the person types them.
 *
 * @returns The words; outside of the project they name its `deno.json`.
 */
export function taskWords(): string[] {
  const words = ["deno", "task"];
  return isOutside()
    ? [...words, "--config", join(Deno.cwd(), "deno.json")]
    : words;
}
