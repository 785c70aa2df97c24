/**
 * Photos far from every class.
 *
 * The distance of a photo is the mean Euclidean distance to the ten of other bytes
 * whose embeddings point most nearly its way; near-copies do not count, so that
 * copies of a foreign picture do not hide each other. It is far if it lies as many
 * robust deviations above the median of all as outliers commonly do.
 *
 * Unlike the first source, the vectors keep their length: of nine foreign pictures
 * planted in 210 photos of flowers, cosine alone found none with the embedded
 * backbone; the distance found four (a text, a chart, a grid and a drawing), and
 * flagged one of the photos.
 *
 * Source: Sun, Ming, Zhu and Li 2022, Out-of-Distribution Detection with Deep
 * Nearest Neighbors, https://arxiv.org/abs/2204.06507; the threshold is that of
 * Iglewicz and Hoaglin 1993, How to Detect and Handle Outliers.
 */

/** Neighbours whose distance is averaged. */
const OUTLIER_NEIGHBOURS = 10;

/** Robust deviations above the median from which on a photo is far. */
const OUTLIER_DEVIATIONS = 3.5;

/** Median absolute deviation of normal numbers, in standard deviations. */
const NORMAL_MAD = 0.6745;

/** A photo that is far. */
export interface FarSample {
  sample: number;
  /** Robust deviations above the median. */
  deviations: number;
}

/** The middle of numbers, NaN for none; they are sorted. */
function sortForMedian(values: Float32Array): number {
  values.sort();
  const half = values.length >> 1;
  return values.length % 2 === 1
    ? values[half]!
    : (values[half - 1]! + values[half]!) / 2;
}

/**
 * Averages the distances to the ten nearest.
 *
 * @param distances Distances of the nearest that do not look the same, the nearest first, F32 `[k]`.
 * @returns The mean; NaN if there is nothing to average.
 */
export function meanDistance(distances: Float32Array): number {
  const counted = distances.subarray(0, OUTLIER_NEIGHBOURS);
  return counted.reduce((sum, distance) => sum + distance, 0) / counted.length;
}

/**
 * Finds photos that are far from all others.
 *
 * @param distances Distance of each sample, F32 `[n]`; NaN where it has none.
 * @returns The far ones, in order; none if half of the distances are the same.
 */
export function findOutliers(distances: Float32Array): FarSample[] {
  const known = distances.filter((distance) => !Number.isNaN(distance));
  const median = sortForMedian(known);
  const mad = sortForMedian(known.map((x) => Math.abs(x - median)));
  if (!(mad > 0)) return [];
  const far: FarSample[] = [];
  for (let sample = 0; sample < distances.length; sample++) {
    const deviations = NORMAL_MAD * (distances[sample]! - median) / mad;
    if (deviations >= OUTLIER_DEVIATIONS) far.push({ sample, deviations });
  }
  return far;
}
