/**
 * Random numbers for tests, the same at each run.
 *
 * A linear congruential generator with the constants of Press et al., Numerical
 * Recipes, section 7.1; apart from the generator of the product, which it tests.
 *
 * @module
 */

/**
 * Draws uniform numbers.
 *
 * @param seed The seed.
 * @returns Numbers in `[0, 1)`, without end.
 */
export function* uniform(seed: number): Generator<number, never> {
  for (let x = seed >>> 0;;) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
    yield x / 2 ** 32;
  }
}

/**
 * Draws whole numbers.
 *
 * @param seed The seed.
 * @returns Draws a number in `[0, limit)`.
 */
export function integers(seed: number): (limit: number) => number {
  const numbers = uniform(seed);
  return (limit) => Math.floor(numbers.next().value * limit);
}
