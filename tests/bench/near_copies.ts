/**
 * Near-copies across splits by sketches, in generated embeddings with copies planted.
 *
 * `deno run -A --config deno.json tests/bench/near_copies.ts PHOTOS HELD_OUT [BLOCKS]`
 * prints how many of all near-copies across splits are found, and time and memory. With
 * at most 40,000 photos all are compared with all, to know them; with more, those that
 * were planted are counted. With `BLOCKS` only so many blocks of 2,048 photos are
 * searched, spread over all, and the time for all is told from theirs.
 */

// deno-lint-ignore-file no-console

import process from "node:process";
import { openCompute } from "../../pipeline/backends/cpu/compute.ts";
import {
  chooseReferences,
  chooseSketched,
} from "../../pipeline/findings/images.ts";
import { LEAST_COSINE } from "../../pipeline/findings/near_copies.ts";
import {
  BLOCK_SAMPLES,
  NeighbourSearch,
} from "../../pipeline/findings/neighbours.ts";
import { Samples } from "../../pipeline/findings/samples.ts";
import { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";
import {
  mixBits,
  STEP,
  uniformNumbers,
} from "../../pipeline/numeric/random.ts";

/** Length of an embedding. */
const SIZE = 2048;

/** Classes; photos of one have a cosine of about a half. */
const CLASSES = 1000;

/** A photo outside train of so many is the near-copy of one in train. */
const COPY_EVERY = 20;

/** Most photos that all are compared with all. */
const EXACT_LIMIT = 40_000;

/** References, so few that nearly all depends on sketches. */
const REFERENCES = 2048;

/** Photos outside train that have sketches at most, as in the stage. */
const SKETCHED = 250_000;

const [photos, heldOut, blocks = Infinity] = Deno.args.map(Number) as [
  number,
  number,
  number?,
];
const train = photos - heldOut;

/** Number of blocks of all photos. */
const COUNT = Math.ceil(photos / BLOCK_SAMPLES);

/** A number that looks uniform in [-1, 1), as a function of two. */
function noise(sample: number, i: number): number {
  const state = Math.imul(sample, STEP) ^ Math.imul(i + 1, 0x85ebca6b);
  return mixBits(state | 0) / 2 ** 31;
}

/** The sample in train that one outside is a copy of; -1 for none. */
function originalOf(sample: number): number {
  const row = sample - train;
  return row >= 0 && row % COPY_EVERY === 0 ? (row * 7) % train : -1;
}

/** Fills in the embedding of a sample: as a relu leaves it, about half of it is 0. */
function embed(sample: number, target: Float32Array): void {
  const original = originalOf(sample);
  const base = original < 0 ? sample : original;
  const kind = -1 - base % CLASSES;
  // From copies to what is just none.
  const blur = original < 0 ? 0 : 0.9 * uniformNumbers(0, sample)(0);
  for (let i = 0; i < SIZE; i++) {
    let x = noise(kind, i) + noise(base, i);
    if (blur > 0) x += blur * noise(sample, i);
    target[i] = x > 0 ? x : 0;
  }
}

/** Samples from `first` on, whose embeddings are computed when they are read. */
function sourceOf(first: number, count: number): EmbeddingSource {
  const from = (_: unknown, i: number) => first + i;
  return new EmbeddingSource([{
    embeddings(target, start) {
      for (let at = 0; at < target.length; at += SIZE) {
        const sample = first + (start + at) / SIZE;
        embed(sample, target.subarray(at, at + SIZE));
      }
    },
    labels: new Int32Array(count),
    records: Int32Array.from({ length: count }, from),
  }], { views: 1, size: SIZE });
}

const samples = new Samples([sourceOf(0, train), sourceOf(train, heldOut)]);
const { multiply } = await openCompute();
const images = Int32Array.from({ length: photos }, (_, i) => i);
const isHeldOut = (sample: number) => sample >= train;
const { signal } = new AbortController();
const common = { images, imageCount: photos, k: 16, multiply, signal };

/** Pairs across splits, as `train-other`, and what it took to find them. */
interface FoundPairs {
  pairs: Set<string>;
  /** Photos that were looked for by sketches. */
  sketched: number;
  /** Seconds of the processor, for making sketches and for all blocks. */
  cpuSeconds: [sketches: number, blocks: number];
}

/** Seconds of the processor that this process has used. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Searches blocks for near-copies. */
async function findPairs(
  references: Int32Array,
  numbers: readonly number[],
): Promise<FoundPairs> {
  const sketched = references.length === photos
    ? new Int32Array(0)
    : chooseSketched(images, references, SKETCHED, isHeldOut);
  const options = { ...common, references, sketched };
  const search = new NeighbourSearch(samples, options);
  const pairs = new Set<string>();
  const marks = [cpuSeconds()];
  for (const number of numbers) {
    const { k, samples: others, cosines } = await search.find(number);
    marks.push(cpuSeconds());
    others.forEach((other, i) => {
      const sample = number * BLOCK_SAMPLES + Math.floor(i / k);
      if (other < 0 || isHeldOut(sample) === isHeldOut(other)) return;
      if (cosines[i]! < LEAST_COSINE) return;
      pairs.add(`${Math.min(sample, other)}-${Math.max(sample, other)}`);
    });
  }
  const spent = marks.slice(1).map((mark, i) => mark - marks[i]!);
  // The first block makes the sketches too; the others are alike.
  const block = spent.toSorted((a, b) => a - b)[spent.length >> 1]!;
  return {
    pairs,
    sketched: sketched.length,
    cpuSeconds: [spent[0]! - block, block * COUNT],
  };
}

/** The planted pairs of some blocks whose cosine is one of near-copies. */
function plantedPairs(numbers: readonly number[]): Set<string> {
  const pairs = new Set<string>();
  const searched = new Set(numbers);
  for (let copy = train; copy < photos; copy += COPY_EVERY) {
    const original = originalOf(copy);
    if (!searched.has(Math.floor(original / BLOCK_SAMPLES))) continue;
    const { units } = samples.read(Int32Array.of(original, copy));
    let cosine = 0;
    for (let i = 0; i < SIZE; i++) cosine += units[i]! * units[SIZE + i]!;
    if (cosine >= LEAST_COSINE) pairs.add(`${original}-${copy}`);
  }
  return pairs;
}

const step = Math.max(1, Math.floor(COUNT / blocks));
const numbers = Array.from({ length: COUNT }, (_, i) => i)
  .filter((number) => number % step === 0);
const references = chooseReferences(images, REFERENCES, isHeldOut);
const found = await findPairs(references, numbers);
const wanted = photos <= EXACT_LIMIT
  ? (await findPairs(images, numbers)).pairs
  : plantedPairs(numbers);
const [sketches, search] = found.cpuSeconds.map(Math.round);
console.log(
  `${
    found.pairs.intersection(wanted).size
  } of ${wanted.size} near-copies across splits found, ${
    found.pairs.difference(wanted).size
  } others; ${found.sketched} sketches; CPU ${sketches} s to make them, ${search} s to search all ${COUNT} blocks; resident ${
    Math.round(process.memoryUsage().rss / 1e6)
  } MB`,
);
