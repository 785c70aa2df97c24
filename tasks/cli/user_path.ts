/** Paths as a person gives them. */

import { join } from "../../pipeline/path.ts";
import { isLocation } from "../../pipeline/s3/location.ts";
import { resolveFromCaller } from "./caller_folder.ts";
import { UsageError } from "./flags.ts";

/** An address such as `https://…`; drives have one letter. */
const ADDRESS = /^[a-z]\w+:\/\//i;

/**
 * Makes a path that a person gave absolute.
 *
 * @param path The path, relative to where the person called `deno task`.
 * @returns The absolute path.
 * @throws {UsageError} If it is empty, a location in an object store, or another address.
 */
export function resolveUserPath(path: string): string {
  if (path === "") throw new UsageError('Cannot use "" as it must be a path');
  if (isLocation(path)) {
    throw new UsageError(
      `Cannot use "${path}" here as an object store takes only --work and --data: copy it to this machine first`,
    );
  }
  if (ADDRESS.test(path)) {
    throw new UsageError(
      `Cannot use "${path}" as it must be a path, or s3://bucket/prefix for --work and --data: copy it to this machine first`,
    );
  }
  return resolveFromCaller(path);
}

/**
 * Makes a path that a person gave absolute, unless it is a location in an object store.
 *
 * @param path The path, or a location such as `s3://bucket/prefix`.
 * @returns The absolute path, or the location.
 */
export function resolveUserPlace(path: string): string {
  return isLocation(path) ? path : resolveUserPath(path);
}

/**
 * Names something in a work directory.
 *
 * @param work Absolute path of the work directory, or a location in an object store.
 * @param path Path relative to it.
 * @returns The absolute path, or the location.
 */
export function insideWork(work: string, path: string): string {
  return isLocation(work) ? `${work}/${path}` : join(work, path);
}
