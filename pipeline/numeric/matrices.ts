/**
 * Matrices in memory: the product that backends compute, transposes, and factors of
 * symmetric ones.
 *
 * Factors are computed in 64 bits and plain loops: 2048 rows take 0.9 s to factor
 * and 0.8 s to invert, once for a whole dataset. A backend has only 32 bits, too few
 * for the sums of a million photos.
 */

/** Side of a tile: 2048 x 1024 floats take 3.7 ms with 8, 5.4 ms with 16, 6.6 ms with 32. */
const TILE = 8;

/**
 * Transposes a matrix, exactly.
 *
 * Goes tile by tile: in a row-wise walk the writes of a matrix whose side is a
 * power of two would fall on the same few cache lines.
 *
 * Shapes: `values` f32 `[rows, columns]`; returns f32 `[columns, rows]`.
 *
 * @example Usage
 * ```ts
 * transpose(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3); // [1, 4, 2, 5, 3, 6]
 * ```
 *
 * @param values Elements in row-major order.
 * @returns A copy in row-major order.
 */
export function transpose(
  values: Float32Array,
  rows: number,
  columns: number,
): Float32Array {
  const result = new Float32Array(rows * columns);
  for (let top = 0; top < rows; top += TILE) {
    const bottom = Math.min(top + TILE, rows);
    for (let left = 0; left < columns; left += TILE) {
      const right = Math.min(left + TILE, columns);
      for (let column = left; column < right; column++) {
        let from = top * columns + column;
        const start = column * rows;
        for (let to = start + top; to < start + bottom; to++) {
          result[to] = values[from]!;
          from += columns;
        }
      }
    }
  }
  return result;
}

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

/**
 * Factors a matrix: `a = l lᵀ`, with `l` lower triangular.
 *
 * Source: Golub and Van Loan 2013, Matrix Computations, section 4.2.
 *
 * Shapes: `a` f64 `[n, n]`.
 *
 * @param a A symmetric positive definite matrix, of which the lower half is read; it becomes `l`, its upper half stays.
 */
export function factorCholesky(a: Float64Array, n: number): void {
  for (let j = 0; j < n; j++) {
    const rowJ = a.subarray(j * n, j * n + j);
    for (let i = j; i < n; i++) {
      const value = a[i * n + j]! - dot(a.subarray(i * n, i * n + j), rowJ);
      a[i * n + j] = i === j ? Math.sqrt(value) : value / a[j * n + j]!;
    }
  }
}

/** Adds products up; four sums at once, as an addition waits for the one before it. */
function dot(a: Float64Array, b: Float64Array): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  const end = a.length - a.length % 4;
  for (let k = 0; k < end; k += 4) {
    s0 += a[k]! * b[k]!;
    s1 += a[k + 1]! * b[k + 1]!;
    s2 += a[k + 2]! * b[k + 2]!;
    s3 += a[k + 3]! * b[k + 3]!;
  }
  for (let k = end; k < a.length; k++) s0 += a[k]! * b[k]!;
  return s0 + s1 + s2 + s3;
}

/**
 * Inverts a lower triangular matrix, row after row.
 *
 * Shapes: `l` f64 `[n, n]`; returns f64 `[n, n]`.
 *
 * @param l The matrix, of which the lower half is read.
 * @returns Its inverse, lower triangular, zeros above.
 */
export function invertLower(l: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = inverse.subarray(i * n, i * n + i + 1);
    row[i] = 1;
    subtractRows(row, l.subarray(i * n, i * n + i), inverse, n);
    const scale = 1 / l[i * n + i]!;
    for (let j = 0; j <= i; j++) row[j]! *= scale;
  }
  return inverse;
}

/** Subtracts rows of a lower triangular matrix by their factors; four at once, so that `row` is written a quarter as often. */
function subtractRows(
  row: Float64Array,
  factors: Float64Array,
  rows: Float64Array,
  n: number,
): void {
  const end = factors.length - factors.length % 4;
  for (let k = 0; k < end; k += 4) {
    const [f0, f1] = [factors[k]!, factors[k + 1]!];
    const [f2, f3] = [factors[k + 2]!, factors[k + 3]!];
    const [r0, r1, r2, r3] = [k * n, (k + 1) * n, (k + 2) * n, (k + 3) * n];
    for (let j = 0; j <= k + 3; j++) {
      row[j]! -= f0 * rows[r0 + j]! + f1 * rows[r1 + j]! +
        f2 * rows[r2 + j]! + f3 * rows[r3 + j]!;
    }
  }
  for (let k = end; k < factors.length; k++) {
    for (let j = 0; j <= k; j++) row[j]! -= factors[k]! * rows[k * n + j]!;
  }
}
