/** What the fits of the leave-one-out classifier have in common. */

import {
  factorCholesky,
  invertLower,
  type Multiply,
  transpose,
} from "../numeric/matrices.ts";

/** Weight of the squared coefficients, where a photo weighs 1; from 0.3 to 2.5 the figures of `leave_one_out.ts` move by 0.04 at most. */
export const RIDGE = 1;

/** A classifier that was fitted. */
export interface Fit {
  /** Mean vector, F64 `[D]`. */
  mean: Float64Array;
  /** Share of each class, F64 `[C]`. */
  shares: Float64Array;
  /** F32 `[C, D]`. */
  weights: Float32Array;
  /** Leverage: weight of each chosen sample in its own score, F32 `[chosen]`. */
  leverages: Float32Array;
}

/**
 * Adds the ridge to products, factors them, and inverts the factor.
 *
 * @param products F64 `[n, n]`; becomes the factor.
 * @returns Lower triangular, F64 `[n, n]`.
 */
export function factorInverse(products: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) products[i * n + i]! += RIDGE;
  factorCholesky(products, n);
  return invertLower(products, n);
}

/**
 * Multiplies rows by the inverse of a factored matrix: by the inverse of its factor,
 * then by the transpose of that.
 *
 * Shapes: `rows` F32 `[m, n]`, `inverse` F32 `[n, n]`; returns F32 `[m, n]`.
 */
export async function solve(
  rows: Float32Array,
  { inverse, n }: { inverse: Float32Array; n: number },
  multiply: Multiply,
): Promise<Float32Array> {
  const half = await multiply(rows, inverse, n);
  return await multiply(half, transpose(inverse, n, n), n);
}
