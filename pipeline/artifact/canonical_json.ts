/**
 * JSON with one spelling: keys sorted, no white space, so that equal values
 * have equal digests.
 *
 * @module
 */

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
 * @returns The JSON text.
 */
export function canonicalJson(value: Json): string {
  return JSON.stringify(sorted(value));
}
