/**
 * Errors of the readers of this folder, and how they show what a file holds.
 */

import { FormatError } from "../../errors.ts";

/** Most characters of a text of a file that a message shows. */
const MAX_QUOTED = 100;

/** Where in the file the damage is, and the error underneath. */
type Options = ErrorOptions & { byteOffset?: number };

/**
 * Makes the errors of files that are no weights of a kind.
 *
 * @returns A function of the path and `what`: the rule that is broken and what was found, as the end of a sentence.
 */
function errorsOf(kind: string) {
  return (path: string, what: string, options: Options = {}): FormatError =>
    new FormatError(`Cannot read "${path}" as ${kind} as ${what}`, {
      path,
      ...options,
    });
}

/** Makes the error of a TensorFlow checkpoint that cannot be read. */
export const checkpointError = errorsOf("a TensorFlow checkpoint");

/** Throws what is wrong with a file: the rule that is broken and what was found, as the end of a sentence. */
export type Fail = (what: string, options?: Options) => never;

/** Returns what throws the errors of a TensorFlow checkpoint. */
export function failing(path: string): Fail {
  return (what, options) => {
    throw checkpointError(path, what, options);
  };
}

/** Makes the error of a file of PyTorch that cannot be read. */
export const pytorchError = errorsOf("PyTorch weights");

/** Writes an unsigned 32-bit checksum as messages show it: eight hex digits after `0x`. */
export function formatCrc(crc: number): string {
  return `0x${crc.toString(16).padStart(8, "0")}`;
}

/**
 * Quotes a text of a file for a message: short, and without control characters,
 * as the writer of the file chose it.
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
