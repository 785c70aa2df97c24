/**
 * Opens object stores, with what the environment and `~/.aws` say of them (an edge).
 */

import { findAccess } from "../s3/credentials.ts";
import { parseLocation } from "../s3/location.ts";
import { S3Store } from "../s3/s3_store.ts";

/** Reads a file of settings, if it is there. */
function readSettings(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/**
 * Opens a place in an object store; nothing is sent yet.
 *
 * @param location Such as `s3://bucket/prefix`.
 * @param setting The setting or flag, for errors.
 * @throws {ConfigError} If the location names no bucket, or a key that no address can hold.
 */
export function openObjects(
  location: string,
  setting: "work" | "data",
  signal?: AbortSignal,
): S3Store {
  const access = () => findAccess(Deno.env, readSettings);
  return new S3Store(parseLocation(location, setting), access, signal);
}
