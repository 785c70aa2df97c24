/**
 * Places in object stores: `s3://bucket/prefix`, as other tools write them.
 *
 * Keys are text and stand in a location as they are, without percent signs.
 */

import { ConfigError } from "../errors.ts";

/** What a location begins with. */
const SCHEME = "s3://";

/** Names of buckets: those of AWS, and of other servers with capitals. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;

/** An object, or all that begin with a prefix. */
export interface Location {
  /** Name of the bucket. */
  bucket: string;
  /** Key or prefix, without a slash at either end; empty for the whole bucket. */
  key: string;
}

/**
 * Says whether a path is a location in an object store.
 *
 * @param path Path as a person gives it.
 */
export function isLocation(path: string): boolean {
  return path.startsWith(SCHEME);
}

/** Whether a name is one of those that addresses resolve away. */
function isDots(name: string): boolean {
  return name === "." || name === "..";
}

/**
 * Reads a location.
 *
 * @example Usage
 * ```ts
 * parseLocation("s3://photos/flowers/", "data"); // { bucket: "photos", key: "flowers" }
 * ```
 *
 * @param setting The setting or flag, for errors.
 * @throws {ConfigError} If it names no bucket, or a key that no address can hold.
 */
export function parseLocation(text: string, setting: string): Location {
  const [bucket = "", ...names] = text.slice(SCHEME.length).split("/");
  const key = names.join("/").replace(/^\/+|\/+$/g, "");
  const refuse = (reason: string): never => {
    throw new ConfigError(`Cannot use --${setting} as ${reason}`, setting);
  };
  // First, as what stands there may be a password, which no message repeats.
  if (bucket.includes("@")) {
    refuse(
      "a location has no credentials in it: they come from the environment or ~/.aws",
    );
  }
  if (!isLocation(text) || !BUCKET.test(bucket)) {
    refuse(`it must be s3://bucket/prefix: current value is "${text}"`);
  }
  if (key.split("/").some(isDots) || !key.isWellFormed()) {
    refuse(
      `a key has no "." or ".." between slashes: current value is "${text}"`,
    );
  }
  return { bucket, key };
}

export function formatLocation({ bucket, key }: Location): string {
  return SCHEME + (key === "" ? bucket : `${bucket}/${key}`);
}

/**
 * Finds the object that a path leads to.
 *
 * @param root What the path is relative to; the path may be a location itself.
 * @returns The object; `undefined` for a path that leads to none: out of the bucket, or to a key that no address can hold.
 */
export function locate(root: Location, path: string): Location | undefined {
  if (!path.isWellFormed() || path.includes("\0")) return undefined;
  if (isLocation(path)) {
    const [bucket = "", ...names] = path.slice(SCHEME.length).split("/");
    const isPlain = BUCKET.test(bucket) && !names.some(isDots);
    return isPlain ? { bucket, key: names.join("/") } : undefined;
  }
  const names = root.key === "" ? [] : root.key.split("/");
  for (const name of path === "" ? [] : path.split("/")) {
    if (name === "..") {
      if (names.pop() === undefined) return undefined;
    } else if (name !== ".") names.push(name);
  }
  return { bucket: root.bucket, key: names.join("/") };
}

/** Says whether an address can hold a key: `.` and `..` are resolved away. */
export function isAddressable(key: string): boolean {
  return !key.split("/").some(isDots);
}

/** Encodes a key for an address; every sign but `/` that is not plain, `+` included. */
export function encodeKey(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}
