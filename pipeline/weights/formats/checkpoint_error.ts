/**
 * The error of all readers of TensorFlow checkpoints.
 *
 * @module
 */

import { FormatError } from "../../errors.ts";

/**
 * Makes the error of a checkpoint that cannot be read.
 *
 * @param what The rule that is broken and what was found, as the end of a sentence.
 */
export function checkpointError(
  path: string,
  what: string,
  options: ErrorOptions & { byteOffset?: number } = {},
): FormatError {
  return new FormatError(
    `Cannot read "${path}" as a TensorFlow checkpoint as ${what}`,
    { path, ...options },
  );
}

/**
 * Writes a checksum as messages show it.
 *
 * @returns Eight hex digits after `0x`.
 */
export function formatCrc(crc: number): string {
  return `0x${crc.toString(16).padStart(8, "0")}`;
}
