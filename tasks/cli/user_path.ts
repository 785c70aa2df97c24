/**
 * Paths as a person gives them.
 *
 * @module
 */

import { resolve } from "@std/path";

/**
 * Makes a path that a person gave absolute.
 *
 * @param path The path, relative to where the person called `deno task`, which runs tasks in the folder of `deno.json`.
 * @returns The absolute path.
 */
export function resolveUserPath(path: string): string {
  return resolve(Deno.env.get("INIT_CWD") ?? Deno.cwd(), path);
}
