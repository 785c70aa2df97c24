/**
 * JSON of artifacts: with one spelling (keys sorted, no white space), so that equal
 * values have equal digests; and checked when it is read.
 */

import type { z } from "zod";
import { FormatError } from "../errors.ts";

/** A value that JSON can hold. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Copies `value` with the keys of every object in code-unit order. */
function sorted(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  const object = value as { readonly [key: string]: Json };
  return Object.fromEntries(
    Object.keys(object).sort().map((key) => [key, sorted(object[key]!)]),
  );
}

/**
 * Encodes a value as JSON with one spelling.
 *
 * @example Usage
 * ```ts
 * canonicalJson({ b: 1, a: [true, null] }); // '{"a":[true,null],"b":1}'
 * ```
 *
 * @param value The value; numbers must be finite.
 */
export function canonicalJson(value: Json): string {
  return JSON.stringify(sorted(value));
}

/**
 * Decodes a file of JSON and checks it.
 *
 * @param file Its path and what it is, for errors.
 * @throws {FormatError} If the bytes are not JSON, or the schema refuses the value.
 */
export function decodeJson<T>(
  bytes: Uint8Array,
  schema: z.ZodType<T>,
  file: { path: string; what: string },
): T {
  const { path, what } = file;
  const refuse = (found: string, cause?: unknown) =>
    new FormatError(`Cannot read "${path}" as ${what} as ${found}`, {
      path,
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw refuse("it is not JSON", cause);
  }
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  const where = issue?.path.join(".") || "it";
  throw refuse(`${where} is not valid: ${issue?.message}`);
}
