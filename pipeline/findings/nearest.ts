/** The nearest of many, found a block at a time. */

/** The nearest neighbours of some samples, the nearest first; -1 where there is none. */
export interface Neighbours {
  /** Number k of places a sample. */
  k: number;
  /** Numbers of the nearest samples, I32 `[n, k]`. */
  samples: Int32Array;
  /** Their cosines, in falling order, F32 `[n, k]`; 0 where there is none. */
  cosines: Float32Array;
  /** Their Euclidean distances, F32 `[n, k]`; 0 where there is none. */
  distances: Float32Array;
}

/** Vectors that have been compared. */
export interface Compared {
  /** Number of each sample, I32 `[n]`. */
  samples: Int32Array;
  /** Length of each vector, F32 `[n]`. */
  lengths: Float32Array;
}

/** Which samples may be neighbours of which. */
export interface Eligible {
  /** Number of the image that each sample is a copy of, I32 `[count]`: copies are no neighbours. */
  images: Int32Array;
  /** Which samples others are compared with, U8 `[count]`: 1 or 0. */
  isReference: Uint8Array;
}

/**
 * Keeps the nearest of some samples. Of equals that with the lower number is the
 * nearer, so that the order in which they come does not matter.
 */
export class NearestSamples {
  readonly #queries: Compared;
  readonly #k: number;
  readonly #eligible: Eligible;
  readonly #samples: Int32Array;
  readonly #cosines: Float32Array;
  readonly #lengths: Float32Array;

  /**
   * Starts without neighbours.
   *
   * @param eligible Which samples may be neighbours of which.
   * @param least Cosine that a neighbour must exceed; any if not given.
   */
  constructor(
    queries: Compared,
    k: number,
    eligible: Eligible,
    least = -Infinity,
  ) {
    const room = queries.samples.length * k;
    this.#queries = queries;
    this.#k = k;
    this.#eligible = eligible;
    this.#samples = new Int32Array(room).fill(-1);
    this.#cosines = new Float32Array(room).fill(least);
    this.#lengths = new Float32Array(room);
  }

  /**
   * Compares with more samples.
   *
   * @param cosines Cosine of each pair, F32 `[n, m]`: a row a query.
   * @param first Query of the first row, the first if not given.
   */
  addRows(others: Compared, cosines: Float32Array, first = 0): void {
    const m = others.samples.length;
    const n = cosines.length / m;
    for (let row = 0; row < n; row++) {
      const query = first + row;
      const last = (query + 1) * this.#k - 1;
      const start = row * m;
      let least = this.#cosines[last]!;
      for (let i = 0; i < m; i++) {
        // Nearly all samples are skipped here.
        if (cosines[start + i]! < least) continue;
        this.#offer(query, others, i, cosines[start + i]!);
        least = this.#cosines[last]!;
      }
    }
  }

  /**
   * Compares with more samples, as {@linkcode addRows} does.
   *
   * @param cosines Cosine of each pair, F32 `[m, n]`: a column a query.
   */
  addColumns(others: Compared, cosines: Float32Array): void {
    const [n, m] = [this.#queries.samples.length, others.samples.length];
    const least = Float32Array.from(
      { length: n },
      (_, query) => this.#cosines[(query + 1) * this.#k - 1]!,
    );
    for (let i = 0; i < m; i++) {
      const start = i * n;
      for (let query = 0; query < n; query++) {
        if (cosines[start + query]! < least[query]!) continue;
        this.#offer(query, others, i, cosines[start + query]!);
        least[query] = this.#cosines[(query + 1) * this.#k - 1]!;
      }
    }
  }

  /** Puts a sample in its place if it may have one. */
  #offer(query: number, others: Compared, i: number, cosine: number): void {
    const sample = others.samples[i]!;
    const { images, isReference } = this.#eligible;
    if (images[sample] === images[this.#queries.samples[query]!]) return;
    if (isReference[sample] === 0) return;
    this.add(query, { sample, cosine, length: others.lengths[i]! });
  }

  /**
   * Puts a sample in its place if it is near enough; the last one falls out.
   *
   * @param query Number of the query.
   * @param other A sample that is no neighbour yet, its cosine, and the length of its vector.
   */
  add(
    query: number,
    other: { sample: number; cosine: number; length: number },
  ): void {
    const { sample, cosine, length } = other;
    const first = query * this.#k;
    const isBefore = (place: number) =>
      cosine > this.#cosines[place]! ||
      cosine === this.#cosines[place] && sample < this.#samples[place]!;
    let place = first + this.#k;
    while (place > first && isBefore(place - 1)) place--;
    const end = first + this.#k;
    if (place === end) return;
    this.#samples.copyWithin(place + 1, place, end - 1);
    this.#cosines.copyWithin(place + 1, place, end - 1);
    this.#lengths.copyWithin(place + 1, place, end - 1);
    this.#samples[place] = sample;
    this.#cosines[place] = cosine;
    this.#lengths[place] = length;
  }

  /** Returns the neighbours; nothing can be added afterwards. */
  finish(): Neighbours {
    const [k, cosines] = [this.#k, this.#cosines];
    const distances = new Float32Array(cosines.length);
    for (let i = 0; i < cosines.length; i++) {
      if (this.#samples[i] === -1) {
        cosines[i] = 0;
        continue;
      }
      const a = this.#queries.lengths[Math.floor(i / k)]!;
      const b = this.#lengths[i]!;
      // The law of cosines; rounding may take equals below 0.
      const squared = a * a + b * b - 2 * a * b * cosines[i]!;
      distances[i] = Math.sqrt(Math.max(0, squared));
    }
    return { k, samples: this.#samples, cosines, distances };
  }
}
