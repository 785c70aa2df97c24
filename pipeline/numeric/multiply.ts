/**
 * The one product that findings need of a backend.
 *
 * @module
 */

/**
 * Multiplies a matrix with another one that is given transposed.
 *
 * Both have rows of the same length, so that a block of photos is multiplied with
 * a block of photos, or with the rows of a matrix, as they are.
 *
 * Shapes: `a` f32 `[n, size]`, `b` f32 `[m, size]`; returns f32 `[n, m]`.
 *
 * @returns The product `a bᵀ`; the caller may change it.
 */
export type Multiply = (
  a: Float32Array,
  b: Float32Array,
  size: number,
) => Promise<Float32Array>;
