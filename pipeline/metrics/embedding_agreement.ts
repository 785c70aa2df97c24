/** How two kinds of embeddings of the same photos agree. */

/** Embeddings of photos, row by row. */
interface EmbeddingTable {
  /** F32 `[count, size]`. */
  values: Float32Array;
  /** Number of photos. */
  count: number;
}

/** How embeddings agree; a type and not an interface, so that it may be part of a manifest. */
export type EmbeddingAgreement = {
  /** Mean cosine of the two embeddings of a photo. */
  meanCosine: number;
  /** The least of them. */
  worstCosine: number;
  /** Photos whose nearest other photo is the same in both. */
  sameNeighbour: number;
};

/** Scales rows to length 1; zeros stay zeros. */
function normalizeRows({ values, count }: EmbeddingTable): Float32Array[] {
  const size = values.length / count;
  return Array.from({ length: count }, (_, i) => {
    const row = values.slice(i * size, (i + 1) * size);
    const length = Math.hypot(...row);
    return length > 0 ? row.map((value) => value / length) : row;
  });
}

/** Product of two vectors. */
function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** Finds the nearest other row of each; the first of several, -1 if there is no other. */
function nearestRows(rows: readonly Float32Array[]): number[] {
  return rows.map((row, i) => {
    let [nearest, most] = [-1, -Infinity];
    rows.forEach((other, j) => {
      const cosine = j === i ? -Infinity : dot(row, other);
      if (cosine > most) [nearest, most] = [j, cosine];
    });
    return nearest;
  });
}

/**
 * Compares embeddings.
 *
 * @param a Embeddings of at least one photo.
 * @param b Others of the same photos, in the same order.
 */
export function compareEmbeddings(
  a: EmbeddingTable,
  b: EmbeddingTable,
): EmbeddingAgreement {
  const [left, right] = [normalizeRows(a), normalizeRows(b)];
  const cosines = left.map((row, i) => dot(row, right[i]!));
  const [near, other] = [nearestRows(left), nearestRows(right)];
  return {
    meanCosine: cosines.reduce((sum, cosine) => sum + cosine, 0) / a.count,
    worstCosine: Math.min(...cosines),
    sameNeighbour: near.filter((row, i) => row === other[i]).length,
  };
}
