/**
 * Random numbers by counter: each is a function of its use and its position, so any
 * step can be computed without those before it.
 *
 * Source: the finalizer of MurmurHash3 (`fmix32`), applied along the key.
 */

/** Uses of random numbers; each has its own stream. */
export const STREAMS = {
  initialize: 1,
  order: 2,
  flip: 3,
  dropout: 4,
  validation: 5,
  evidence: 7,
  references: 8,
  golden: 9,
  calibration: 10,
  sketches: 11,
} as const;

/** By how much the state moves from one position to the next: 2^32 by the golden ratio. */
export const STEP = 0x9e3779b9;

/** Mixes the bits of a 32-bit integer: fmix32 of MurmurHash3. */
export function mixBits(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A source of numbers in `[0, 1)` by position. */
export type Uniform = (index: number) => number;

/**
 * Computes the state from which the numbers of a key are made.
 *
 * @param key Seed, stream, and what distinguishes this draw from others, such as the step.
 * @returns A 32-bit integer.
 */
export function streamState(...key: number[]): number {
  let state = STEP;
  for (const part of key) state = mixBits(Math.imul(state, 31) + part | 0);
  return state;
}

/**
 * Makes the random numbers of a key.
 *
 * @param key Seed, stream, and what distinguishes this draw from others, such as the step.
 * @returns Uniform numbers in `[0, 1)` with 32 random bits, by position.
 */
export function uniformNumbers(...key: number[]): Uniform {
  const state = streamState(...key);
  return (index) =>
    (mixBits(mixBits(state + Math.imul(index + 1, STEP) | 0) ^ state) >>> 0) /
    2 ** 32;
}

/**
 * Draws a permutation (Fisher and Yates).
 *
 * @returns The numbers from 0 to `n - 1`, in random order.
 */
export function permutation(n: number, uniform: Uniform): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(uniform(i) * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
