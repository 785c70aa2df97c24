/**
 * Ranges of activations as JSON: a file, or text in the header of a head.
 *
 * @module
 */

import { z } from "zod";
import { canonicalJson } from "../artifact/canonical_json.ts";
import type { Ranges } from "./ranges.ts";

/** Ranges as JSON. */
export const RANGES: z.ZodType<Ranges> = z.record(
  z.string(),
  z.tuple([z.number().nonpositive(), z.number().nonnegative()]),
);

/** Returns what is written into the header of a head; nothing for one on embeddings in F32. */
export function encodeRanges(
  ranges: Ranges | undefined,
): Record<string, string> {
  return ranges ? { ranges: canonicalJson(ranges) } : {};
}

/**
 * Reads what {@linkcode encodeRanges} wrote.
 *
 * @throws {SyntaxError} If the text is not JSON.
 * @throws {z.ZodError} If it is not of ranges.
 */
export function decodeRanges(
  { ranges }: Readonly<Record<string, string>>,
): Ranges | undefined {
  return ranges === undefined ? undefined : RANGES.parse(JSON.parse(ranges));
}
