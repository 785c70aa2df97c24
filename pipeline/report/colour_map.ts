/**
 * A colour map whose lightness rises evenly, in every common kind of colour
 * blindness too.
 *
 * Source: "inferno" of Nathaniel Smith and Stéfan van der Walt, CC0,
 * https://bids.github.io/colormap/; its values at eighths, as matplotlib has them.
 *
 * @module
 */

/** Colours of 0, 1/8, … 1: RGB. */
const STOPS: readonly (readonly [number, number, number])[] = [
  [0, 0, 4],
  [33, 12, 74],
  [87, 16, 110],
  [138, 34, 106],
  [188, 55, 84],
  [228, 90, 49],
  [249, 142, 9],
  [249, 203, 53],
  [252, 255, 164],
];

/**
 * Returns the colour of a value.
 *
 * @param value The value; below 0 counts as 0, above 1 as 1.
 * @returns Red, green and blue, 0 to 255, whole numbers.
 */
export function inferno(value: number): [number, number, number] {
  const last = STOPS.length - 1;
  const position = Math.min(1, Math.max(0, value)) * last;
  const index = Math.min(last - 1, Math.floor(position));
  const share = position - index;
  const [from, to] = [STOPS[index]!, STOPS[index + 1]!];
  const mix = (c: 0 | 1 | 2) => Math.round(from[c] + (to[c] - from[c]) * share);
  return [mix(0), mix(1), mix(2)];
}
