/**
 * Transposing matrices in memory.
 *
 * @module
 */

/** Side of a tile: 32 rows and 32 columns of floats, 8 KiB in all, stay in the first cache. */
const TILE = 32;

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
 * @param rows Number of rows.
 * @param columns Number of columns.
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
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          result[column * rows + row] = values[row * columns + column]!;
        }
      }
    }
  }
  return result;
}
