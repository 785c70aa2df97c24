/**
 * Sketches: short vectors whose cosines are near those of the long ones, to look for
 * near-copies among more photos than can be compared.
 *
 * A sketch is a vector times a fixed matrix of random signs, made as long as 1. The
 * cosine of two sketches spreads around that of their vectors as the correlation of a
 * sample around that of all: its inverse hyperbolic tangent is normal with a deviation
 * of 1/√125. All pairs above {@linkcode SKETCH_COSINE} are compared in full, so that one
 * near-copy in a million is missed at 0.9, and fewer of those that are closer. (At 0.82
 * it would be 42 of 200,000; 40 of so many random pairs were.)
 *
 * Sources: Charikar 2002, Similarity Estimation Techniques from Rounding Algorithms;
 * random signs: Achlioptas 2003, Database-friendly random projections; the spread:
 * Fisher 1921, On the probable error of a coefficient of correlation.
 */

import { freeBytes } from "../artifact/free_bytes.ts";
import type { Multiply } from "../numeric/matrices.ts";
import { STREAMS, uniformNumbers } from "../numeric/random.ts";
import { LEAST_COSINE } from "./near_copies.ts";
import { type Compared, type Eligible, NearestSamples } from "./nearest.ts";
import { blocksOf, type Samples } from "./samples.ts";

/** Numbers of a sketch: 250,000 sketches take 128 MB. */
const SKETCH_SIZE = 128;

/** Cosine of two sketches from which on the vectors are compared in full. */
const SKETCH_COSINE = 0.78;

/** Photos that are compared in full with one, those with the nearest sketches. */
const CANDIDATES = 16;

/** Photos whose sketches are compared at a time. */
const STRIP = 512;

/** Photos whose vectors are in memory at a time. */
const BLOCK = 2048;

/** The samples that sketches are made of, and how they are compared. */
interface SketchOptions {
  /** The samples to look for, rising. */
  sketched: Int32Array;
  /** Number of the image that each sample is a copy of, I32 `[count]`: copies are no near-copies. */
  images: Int32Array;
  multiply: Multiply;
  /** Asks to stop; heeded between blocks. */
  signal: AbortSignal;
}

/** Samples with their vectors. */
interface Vectors extends Compared {
  /** Unit vectors, F32 `[n, size]`. */
  units: Float32Array;
}

/** Makes the signs of the matrix, F32 `[SKETCH_SIZE, size]`. */
function drawSigns(size: number): Float32Array {
  const uniform = uniformNumbers(0, STREAMS.sketches);
  return Float32Array.from(
    { length: SKETCH_SIZE * size },
    (_, i) => uniform(i) < 0.5 ? -1 : 1,
  );
}

/** Makes vectors in an array as long as 1, but those of zeros. */
function normalize(sketches: Float32Array): void {
  for (let start = 0; start < sketches.length; start += SKETCH_SIZE) {
    const sketch = sketches.subarray(start, start + SKETCH_SIZE);
    const length = Math.hypot(...sketch);
    if (length > 0) sketch.forEach((x, i) => sketch[i] = x / length);
  }
}

/** Multiplies a vector of one array with one of another, in 64 bits. */
function dot(
  [a, i]: readonly [Float32Array, number],
  [b, j]: readonly [Float32Array, number],
  size: number,
): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += a[i * size + k]! * b[j * size + k]!;
  return sum;
}

/** Looks for near-copies of photos among those that have sketches. */
export class SketchSearch {
  readonly #samples: Samples;
  readonly #options: SketchOptions;
  readonly #eligible: Eligible;
  readonly #signs: Float32Array;
  #sketches: Promise<Float32Array> | undefined;

  constructor(samples: Samples, options: SketchOptions) {
    const { sketched, images } = options;
    const isReference = new Uint8Array(samples.count);
    for (const sample of sketched) isReference[sample] = 1;
    this.#samples = samples;
    this.#options = options;
    this.#eligible = { images, isReference };
    this.#signs = drawSigns(samples.size);
  }

  /** Makes sketches of unit vectors, F32 `[n, SKETCH_SIZE]`. */
  async #sketch(units: Float32Array): Promise<Float32Array> {
    const { multiply, signal } = this.#options;
    signal.throwIfAborted();
    const sketches = await multiply(units, this.#signs, this.#samples.size);
    normalize(sketches);
    return sketches;
  }

  /** Makes the sketches of the samples to look for. */
  async #sketchAll(): Promise<Float32Array> {
    const { sketched } = this.#options;
    const all = new Float32Array(sketched.length * SKETCH_SIZE);
    for (const places of blocksOf(sketched.length, BLOCK)) {
      const block = places.map((place) => sketched[place]!);
      const { units } = this.#samples.read(block);
      const sketches = await this.#sketch(units);
      all.set(sketches, places[0]! * SKETCH_SIZE);
      freeBytes(units);
      freeBytes(sketches);
    }
    return all;
  }

  /** Finds for each query the samples with the nearest sketches, I32 `[n, CANDIDATES]`; -1 where there are no more. */
  async #findCandidates(queries: Vectors): Promise<Int32Array> {
    const { sketched, multiply, signal } = this.#options;
    const all = await (this.#sketches ??= this.#sketchAll());
    const own = await this.#sketch(queries.units);
    const candidates = new NearestSamples(
      queries,
      CANDIDATES,
      this.#eligible,
      SKETCH_COSINE,
    );
    const count = queries.samples.length;
    for (let start = 0; start < sketched.length; start += BLOCK) {
      signal.throwIfAborted();
      const samples = sketched.subarray(start, start + BLOCK);
      const others = { samples, lengths: new Float32Array(samples.length) };
      const end = start + samples.length;
      const part = all.subarray(start * SKETCH_SIZE, end * SKETCH_SIZE);
      for (let first = 0; first < count; first += STRIP) {
        const last = Math.min(count, first + STRIP);
        const strip = own.subarray(first * SKETCH_SIZE, last * SKETCH_SIZE);
        const cosines = await multiply(strip, part, SKETCH_SIZE);
        candidates.addRows(others, cosines, first);
        freeBytes(cosines);
      }
    }
    freeBytes(own);
    return candidates.finish().samples;
  }

  /**
   * Adds near-copies to the neighbours of some samples.
   *
   * @param queries The samples, with their vectors.
   * @param nearest Their neighbours.
   */
  async addNearCopies(
    queries: Vectors,
    nearest: NearestSamples,
  ): Promise<void> {
    const { size } = this.#samples;
    const candidates = await this.#findCandidates(queries);
    const wanted = Int32Array.from(new Set(candidates)).sort()
      .filter((sample) => sample >= 0);
    for (const places of blocksOf(wanted.length, BLOCK)) {
      const block = places.map((place) => wanted[place]!);
      const { units, lengths } = this.#samples.read(block);
      const rows = new Map(Array.from(block, (sample, row) => [sample, row]));
      candidates.forEach((sample, i) => {
        const row = rows.get(sample);
        if (row === undefined) return;
        const query = Math.floor(i / CANDIDATES);
        const cosine = dot([queries.units, query], [units, row], size);
        if (cosine < LEAST_COSINE) return;
        nearest.add(query, { sample, cosine, length: lengths[row]! });
      });
      freeBytes(units);
    }
  }
}
