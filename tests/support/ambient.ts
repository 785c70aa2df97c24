/**
 * Names in code that stand for the outside.
 *
 * @module
 */

import { stripCode } from "./strip_code.ts";

/** What pure code must not touch, by the words of the message. */
const AMBIENT: readonly (readonly [string, RegExp])[] = [
  ["Deno", /(?<![.\w$])Deno\b/],
  ["fetch()", /(?<![.\w$])fetch\s*\(/],
  ["navigator", /(?<![.\w$])navigator\b/],
  ["Date", /(?<![.\w$])Date\b/],
  ["performance", /(?<![.\w$])performance\b/],
  ["Math.random", /\bMath\s*\.\s*random\b/],
  ["console", /(?<![.\w$])console\b/],
  ["globalThis", /(?<![.\w$])globalThis\b/],
  [
    "crypto other than crypto.subtle",
    /(?<![.\w$])crypto\b(?!\s*\.\s*subtle\b)/,
  ],
];

/**
 * Finds what code touches of the outside.
 *
 * @param source The code.
 * @returns The names, by the words of the message; those in comments and strings do not count.
 */
export function ambientNames(source: string): string[] {
  const code = stripCode(source);
  return AMBIENT
    .filter(([, pattern]) => pattern.test(code))
    .map(([name]) => name);
}
