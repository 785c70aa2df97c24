/** Sparklines: a line of numbers in a line of text. */

/** Blocks by height, in eighths of a line. */
const LEVELS = "▁▂▃▄▅▆▇█";

/** What a flat line is drawn with: neither low nor high. */
const FLAT = "▄";

/**
 * Draws the last of some numbers as blocks, a block a number.
 *
 * The lowest that is shown is `▁` and the highest `█`; if all are the same, each is
 * `▄`.
 *
 * @example Usage
 * ```ts
 * renderSparkline([9, 0, 0.5, 1], 3); // "▁▅█"
 * ```
 */
export function renderSparkline(
  values: readonly number[],
  width: number,
): string {
  const shown = values.slice(Math.max(0, values.length - width));
  const low = Math.min(...shown);
  const range = Math.max(...shown) - low;
  const top = LEVELS.length - 1;
  return shown.map((value) =>
    range > 0 ? LEVELS[Math.round((value - low) / range * top)] : FLAT
  ).join("");
}
