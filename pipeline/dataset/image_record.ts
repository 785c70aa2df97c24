/**
 * Image records: the lines of the dataset index.
 *
 * @module
 */

import { FormatError } from "../errors.ts";
import type { Split } from "./split.ts";

/** One image of the dataset. */
export interface ImageRecord {
  /** Path, relative to the folder of photos or to the list file. */
  path: string;
  /** Size of the file in bytes. */
  sizeBytes: number;
  /** SHA-256 of the file, in hex. */
  digest: string;
  /** Width in pixels, before the EXIF orientation. */
  width: number;
  /** Height in pixels, before the EXIF orientation. */
  height: number;
  /** Position of the class in the class index. */
  label: number;
  /** Part of the dataset it belongs to. */
  split: Split;
}

/** An image that was left out, and why. */
export interface Rejection {
  /** Path, relative to the folder of photos or to the list file. */
  path: string;
  /** Why it cannot be used, for people. */
  reason: string;
}

/**
 * Encodes values as JSON Lines.
 *
 * @param values The values, one a line.
 * @returns UTF-8 bytes; none for no values.
 */
export function encodeJsonLines(values: readonly unknown[]): Uint8Array {
  const lines = values.map((value) => `${JSON.stringify(value)}\n`);
  return new TextEncoder().encode(lines.join(""));
}

/**
 * Decodes JSON Lines; empty lines are passed over.
 *
 * @typeParam T Type of a value; its shape is not checked.
 * @param bytes UTF-8 bytes.
 * @param path Name of the file, for errors.
 * @returns The values.
 * @throws {FormatError} If a line is not JSON.
 */
export function decodeJsonLines<T>(bytes: Uint8Array, path: string): T[] {
  const lines = new TextDecoder().decode(bytes).split("\n");
  return lines.flatMap((line, i) => {
    if (line.trim() === "") return [];
    try {
      return [JSON.parse(line) as T];
    } catch (cause) {
      throw new FormatError(
        `Cannot read line ${i + 1} of "${path}" as JSON: ${
          (cause as Error).message
        }`,
        { path, cause },
      );
    }
  });
}
