/**
 * Where temporary files go.
 *
 * Deno finds the folder by itself for a program that may write everywhere; a task may
 * not, and names it.
 */

import type { Environment } from "./credentials.ts";

/**
 * Returns the folder of temporary files.
 *
 * @param env Environment variables; one that may not be read counts as not set.
 * @param os Operating system, as in `Deno.build.os`.
 */
export function temporaryFolder(env: Environment, os: string): string {
  const read = (name: string) => {
    try {
      return env.get(name);
    } catch {
      return undefined;
    }
  };
  if (os !== "windows") return read("TMPDIR") || "/tmp";
  return read("TMP") || read("TEMP") || "C:\\Windows\\Temp";
}
