/**
 * The fit of the leave-one-out classifier where photos are fewer than the numbers of
 * a vector: by the products of photos in place of those of columns. It is the same fit
 * in exact numbers, with a factor of n³ / 3 in place of D³ / 3.
 *
 * Source: Saunders, Gammerman and Vovk 1998, Ridge Regression Learning Algorithm in
 * Dual Variables, section 2.
 */

import { freeBytes } from "../artifact/free_bytes.ts";
import { type Multiply, transpose } from "../numeric/matrices.ts";
import { factorInverse, type Fit, RIDGE, solve } from "./ridge_fit.ts";

/** What is fitted: photos, few enough that all are in memory. */
interface KernelInput {
  /** Unit vectors, F32 `[n, D]`; they are centred in place, and freed. */
  units: Float32Array;
  /** I32 `[n]`. */
  labels: Int32Array;
  classCount: number;
  multiply: Multiply;
}

/** Subtracts the mean of rows from each, and returns it. */
function centre(units: Float32Array, n: number): Float64Array {
  const size = units.length / n;
  const mean = new Float64Array(size);
  for (let i = 0; i < units.length; i++) mean[i % size]! += units[i]! / n;
  for (let i = 0; i < units.length; i++) units[i]! -= mean[i % size]!;
  return mean;
}

/** Fits the classifier on photos that are in memory. */
export async function fitKernel(
  { units, labels, classCount, multiply }: KernelInput,
): Promise<Fit> {
  const n = labels.length;
  const size = units.length / n;
  const mean = centre(units, n);
  const counts = new Float64Array(classCount);
  for (const label of labels) counts[label]!++;
  const shares = counts.map((count) => count / n);
  const targets = new Float32Array(classCount * n);
  for (let c = 0; c < classCount; c++) {
    for (let i = 0; i < n; i++) {
      targets[c * n + i] = (labels[i] === c ? 1 : 0) - shares[c]!;
    }
  }
  const product = await multiply(units, units, size);
  const products = Float64Array.from(product);
  freeBytes(product);
  const inverse = factorInverse(products, n);
  freeBytes(products);
  const leverages = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    let squares = 0;
    for (let k = i; k < n; k++) squares += inverse[k * n + i]! ** 2;
    leverages[i] = 1 / n + 1 - RIDGE * squares;
  }
  const factor = { inverse: Float32Array.from(inverse), n };
  freeBytes(inverse);
  const byPhoto = await solve(targets, factor, multiply);
  freeBytes(factor.inverse);
  const weights = await multiply(byPhoto, transpose(units, n, size), n);
  freeBytes(units);
  return { mean, shares, weights, leverages };
}
