/**
 * Golden numbers and small samples for the tests of `findings/`.
 *
 * @module
 */

import type { Multiply } from "../../pipeline/numeric/matrices.ts";
import { Samples } from "../../pipeline/findings/samples.ts";
import { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";
import { readFixture } from "../support/fixtures.ts";

/** Numbers of `fixtures/golden/findings.json`. */
export interface GoldenFindings {
  /** Labels, `[N]`. */
  labels: number[];
  /** Embeddings, `[N, 2, D]`. */
  views: number[][][];
  /** The nearest by cosine, `[N, K]`. */
  neighbours: number[][];
  /** Their cosines. */
  cosines: number[][];
  /** Their Euclidean distances. */
  distances: number[][];
  /** Probabilities of each, left out, `[N, C]`. */
  probabilities: number[][];
  /** Thresholds of confident learning, `[C]`. */
  thresholds: number[];
  /** Labels that are suspected. */
  suspects: { sample: number; suggested: number; margin: number }[];
}

/** The golden numbers. */
export const GOLDEN: GoldenFindings = JSON.parse(
  new TextDecoder().decode(await readFixture("golden/findings.json")),
);

/** Multiplies in plain loops. */
export const multiplyHere: Multiply = (a, b, size) => {
  const [n, m] = [a.length / size, b.length / size];
  const product = new Float32Array(n * m);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += a[i * size + k]! * b[j * size + k]!;
      product[i * m + j] = sum;
    }
  }
  return Promise.resolve(product);
};

/** Embeddings of a split, `[n, views, D]`, whose records count from `first`. */
export function sourceOf(
  embeddings: readonly (readonly (readonly number[])[])[],
  options: { labels?: readonly number[]; first?: number } = {},
): EmbeddingSource {
  const { labels = embeddings.map(() => 0), first = 0 } = options;
  const shard = {
    embeddings: Float32Array.from(embeddings.flat(2)),
    labels: Int32Array.from(labels),
    records: Int32Array.from(embeddings, (_, i) => first + i),
  };
  const [views, size] = [embeddings[0]!.length, embeddings[0]![0]!.length];
  return new EmbeddingSource([shard], { views, size });
}

/** The golden samples, in two splits. */
export function goldenSamples(): Samples {
  const { views, labels } = GOLDEN;
  const cut = 23;
  return new Samples([
    sourceOf(views.slice(0, cut), { labels: labels.slice(0, cut) }),
    sourceOf(views.slice(cut), { labels: labels.slice(cut), first: cut }),
  ]);
}

/** Numbers from 0. */
export function range(length: number): Int32Array {
  return Int32Array.from({ length }, (_, i) => i);
}

/** A signal that nobody gives. */
export const NEVER: AbortSignal = new AbortController().signal;
