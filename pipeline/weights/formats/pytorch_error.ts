/**
 * The error of all readers of PyTorch files.
 *
 * @module
 */

import { FormatError } from "../../errors.ts";

/** Most characters of a text of a file that a message shows. */
const MAX_QUOTED = 100;

/**
 * Makes the error of a file that cannot be read.
 *
 * @param what The rule that is broken and what was found, as the end of a sentence.
 */
export function pytorchError(
  path: string,
  what: string,
  options: ErrorOptions & { byteOffset?: number } = {},
): FormatError {
  return new FormatError(
    `Cannot read "${path}" as PyTorch weights as ${what}`,
    { path, ...options },
  );
}

/**
 * Quotes a text of a file for a message: short, and without control characters,
 * as whoever wrote the file chose it.
 */
export function quote(text: string): string {
  const short = text.length > MAX_QUOTED
    ? `${text.slice(0, MAX_QUOTED)}…`
    : text;
  // JSON leaves DEL and the C1 controls as they are.
  return JSON.stringify(short).replace(
    /[\x7f-\x9f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
