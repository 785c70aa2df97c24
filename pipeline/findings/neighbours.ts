/** Nearest neighbours by cosine, exact, a block against a block. */

import { freeBytes } from "../artifact/free_bytes.ts";
import type { Multiply } from "../numeric/matrices.ts";
import {
  type Compared,
  type Eligible,
  NearestSamples,
  type Neighbours,
} from "./nearest.ts";
import { blocksOf, type Samples } from "./samples.ts";
import { SketchSearch } from "./sketches.ts";

/** Neighbours of a sample, the nearest first; no more than there are. */
export interface SampleNeighbours {
  sample: number;
  /** Numbers of the nearest. */
  others: Int32Array;
  cosines: Float32Array;
  /** Their Euclidean distances. */
  distances: Float32Array;
}

/** Samples of a block: with embeddings of 2048 numbers it takes 16 MiB. */
export const BLOCK_SAMPLES = 2048;

/** Samples of a block that are compared at a time: their product with another block takes 4 MiB. */
const STRIP_SAMPLES = 512;

/** The samples to compare with, and how. */
export interface SearchOptions {
  /** The samples that all are compared with, rising. */
  references: Int32Array;
  /** Other samples whose near-copies are looked for by sketches, rising. */
  sketched: Int32Array;
  /** Number of the image that each sample is a copy of, I32 `[count]`. */
  images: Int32Array;
  imageCount: number;
  k: number;
  multiply: Multiply;
  /** Asks to stop; heeded between blocks. */
  signal: AbortSignal;
}

/** A block of samples with its vectors. */
interface Block extends Compared {
  /** Unit vectors, F32 `[n, size]`. */
  units: Float32Array;
}

/**
 * Finds the nearest neighbours of all samples, a block after another.
 *
 * Where all are compared with all, the product of two blocks serves both, which
 * halves the time: the neighbours it gives a later block are kept, 192 bytes a sample. A
 * block that is not asked for costs the later ones that product again, the same to
 * the bit, so that a run that was killed ends with the same bytes.
 */
export class NeighbourSearch {
  readonly #samples: Samples;
  readonly #options: SearchOptions;
  readonly #eligible: Eligible;
  readonly #sketches: SketchSearch | undefined;
  readonly #begun = new Map<number, NearestSamples>();
  readonly #found = new Set<number>();

  constructor(samples: Samples, options: SearchOptions) {
    const { references, images } = options;
    const isReference = new Uint8Array(samples.count);
    for (const sample of references) isReference[sample] = 1;
    this.#samples = samples;
    this.#options = options;
    this.#eligible = { images, isReference };
    if (options.sketched.length > 0) {
      this.#sketches = new SketchSearch(samples, options);
    }
  }

  /**
   * Finds the neighbours of a block; blocks are asked for in rising order, each at
   * most once.
   *
   * @param number Number of the block: the samples from {@linkcode BLOCK_SAMPLES} times that on.
   * @returns The neighbours; a copy of a sample is not its neighbour.
   */
  async find(number: number): Promise<Neighbours> {
    const { references, imageCount } = this.#options;
    return references.length === imageCount
      ? await this.#findMutually(number)
      : await this.#findAmongReferences(number);
  }

  #read(samples: Int32Array): Block {
    return { samples, ...this.#samples.read(samples) };
  }

  #readNumber(number: number): Block {
    const start = number * BLOCK_SAMPLES;
    const length = Math.min(BLOCK_SAMPLES, this.#samples.count - start);
    return this.#read(Int32Array.from({ length }, (_, i) => start + i));
  }

  /** Starts to collect the neighbours of a block. */
  #start({ samples, lengths }: Compared): NearestSamples {
    const { k } = this.#options;
    return new NearestSamples({ samples, lengths }, k, this.#eligible);
  }

  /**
   * Compares two blocks.
   *
   * @param use Is given a strip of the rows, its cosines, F32 `[strip, columns]`, and its first row.
   */
  async #compare(
    rows: Block,
    columns: Block,
    use: (rows: Compared, cosines: Float32Array, first: number) => void,
  ): Promise<void> {
    const { multiply, signal } = this.#options;
    signal.throwIfAborted();
    const { size } = this.#samples;
    const count = rows.samples.length;
    for (let start = 0; start < count; start += STRIP_SAMPLES) {
      const end = Math.min(count, start + STRIP_SAMPLES);
      const strip = {
        samples: rows.samples.subarray(start, end),
        lengths: rows.lengths.subarray(start, end),
        units: rows.units.subarray(start * size, end * size),
      };
      const cosines = await multiply(strip.units, columns.units, size);
      use(strip, cosines, start);
      freeBytes(cosines);
    }
  }

  /** The neighbours of a block that were found so far. */
  #learned(number: number, block: Block): NearestSamples {
    const begun = this.#begun.get(number) ?? this.#start(block);
    this.#begun.set(number, begun);
    return begun;
  }

  /** Compares a block with all, and keeps the neighbours that later ones get by it. */
  async #findMutually(number: number): Promise<Neighbours> {
    const blockCount = Math.ceil(this.#samples.count / BLOCK_SAMPLES);
    const own = this.#readNumber(number);
    const nearest = this.#learned(number, own);
    for (let other = 0; other < blockCount; other++) {
      if (this.#found.has(other)) continue;
      const block = other === number ? own : this.#readNumber(other);
      // Always the lower block on the left: sums in another order may differ.
      if (other < number) {
        await this.#compare(
          block,
          own,
          (strip, cosines) => nearest.addColumns(strip, cosines),
        );
      } else {
        await this.#compare(own, block, (strip, cosines, first) => {
          nearest.addRows(block, cosines, first);
          if (other === number) return;
          this.#learned(other, block).addColumns(strip, cosines);
        });
      }
      if (other !== number) freeBytes(block.units);
    }
    freeBytes(own.units);
    this.#found.add(number);
    this.#begun.delete(number);
    return nearest.finish();
  }

  /** Compares a block with a part of all. */
  async #findAmongReferences(number: number): Promise<Neighbours> {
    const { references } = this.#options;
    const own = this.#readNumber(number);
    const nearest = this.#start(own);
    for (const places of blocksOf(references.length, BLOCK_SAMPLES)) {
      const block = this.#read(places.map((place) => references[place]!));
      await this.#compare(
        own,
        block,
        (_, cosines, first) => nearest.addRows(block, cosines, first),
      );
      freeBytes(block.units);
    }
    await this.#sketches?.addNearCopies(own, nearest);
    freeBytes(own.units);
    return nearest.finish();
  }
}
