/** JSON Lines: a value a line, in UTF-8. */

import { FormatError } from "../errors.ts";

/** Characters that are encoded, and bytes that are decoded, at a time: larger texts live until a full collection. */
const PART_LENGTH = 64 * 1024;

/**
 * Encodes values as JSON Lines, some lines at a time.
 *
 * @param values The values, one per line; each is taken only when it is encoded.
 * @returns Parts of the file in UTF-8; none for no values.
 */
export function* encodeJsonLines(
  values: Iterable<unknown>,
): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  let text = "";
  for (const value of values) {
    text += `${JSON.stringify(value)}\n`;
    if (text.length < PART_LENGTH) continue;
    yield encoder.encode(text);
    text = "";
  }
  if (text !== "") yield encoder.encode(text);
}

/** Decodes one line; `number` counts from 1. */
function decodeLine<T>(line: string, number: number, path: string): T {
  try {
    return JSON.parse(line) as T;
  } catch (cause) {
    throw new FormatError(
      `Cannot read line ${number} of "${path}" as JSON: ${
        (cause as Error).message
      }`,
      { path, cause },
    );
  }
}

/**
 * Decodes JSON Lines; empty lines are passed over.
 *
 * @typeParam T Type of a value; its shape is not checked.
 * @param bytes UTF-8 bytes.
 * @param path Name of the file, for errors.
 * @throws {FormatError} If a line is not JSON.
 */
export function decodeJsonLines<T>(bytes: Uint8Array, path: string): T[] {
  const lines = new TextDecoder().decode(bytes).split("\n");
  return lines.flatMap((line, i) =>
    line.trim() === "" ? [] : [decodeLine<T>(line, i + 1, path)]
  );
}

/**
 * Decodes JSON Lines that come in parts, as {@linkcode decodeJsonLines} decodes
 * them whole; a line is held at a time, with the part that it ends in.
 *
 * @typeParam T Type of a value; its shape is not checked.
 * @param parts Parts of the file in UTF-8, cut anywhere.
 * @param path Name of the file, for errors.
 * @throws {FormatError} If a line is not JSON.
 */
export async function* streamJsonLines<T>(
  parts: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<T> {
  const decoder = new TextDecoder();
  let number = 0;
  let rest = "";
  const decodeAll = function* (lines: string[]): Generator<T> {
    for (const line of lines) {
      number++;
      if (line.trim() !== "") yield decodeLine<T>(line, number, path);
    }
  };
  for await (const bytes of parts) {
    for (let start = 0; start < bytes.length; start += PART_LENGTH) {
      const part = bytes.subarray(start, start + PART_LENGTH);
      const text = rest + decoder.decode(part, { stream: true });
      const lines = text.split("\n");
      rest = lines.pop()!;
      yield* decodeAll(lines);
    }
  }
  yield* decodeAll([rest + decoder.decode()]);
}
