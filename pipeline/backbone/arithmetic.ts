/**
 * How a backbone computes, other than in F32; in the header of a head as text.
 */

import { z } from "zod";
import { canonicalJson } from "../artifact/canonical_json.ts";
import type { Ranges } from "./ranges.ts";

/** How a backbone computes; without either in F32. */
export interface Arithmetic {
  /** Ranges of its activations, where it is computed in integers of 8 bits. */
  ranges?: Ranges | undefined;
  /** Whether it is computed in half precision. @default {false} */
  half?: boolean | undefined;
}

/** Ranges as JSON. */
export const RANGES: z.ZodType<Ranges> = z.record(
  z.string(),
  z.tuple([z.number().nonpositive(), z.number().nonnegative()]),
);

/** Returns what is written into the header of a head; nothing for one on embeddings in F32. */
export function encodeArithmetic(
  { ranges, half }: Arithmetic,
): Record<string, string> {
  return {
    ...ranges && { ranges: canonicalJson(ranges) },
    ...half && { precision: "float16" },
  };
}

/**
 * Reads what {@linkcode encodeArithmetic} wrote.
 *
 * @throws {SyntaxError} If the text is not JSON.
 * @throws {z.ZodError} If it is not of ranges.
 */
export function decodeArithmetic(
  { ranges, precision }: Readonly<Record<string, string>>,
): Arithmetic {
  return {
    ...ranges !== undefined && { ranges: RANGES.parse(JSON.parse(ranges)) },
    ...precision === "float16" && { half: true },
  };
}
