/**
 * A fuzzer: damaged files go through a parser, which must take or refuse them.
 *
 * @module
 */

import {
  ConfigError,
  DatasetError,
  DigestMismatchError,
  FormatError,
  ImageError,
} from "../../pipeline/errors.ts";
import { integers } from "../support/random.ts";
import { mutate } from "./mutate.ts";

/** A parser, and whole files of its format. */
export interface Target {
  /** Its name: that of its folder in the corpus. */
  name: string;
  /** Reads the whole files. */
  seeds: () => Promise<Uint8Array[]>;
  /** Parses a file; what it throws must be one of the errors that say what is wrong. */
  parse: (bytes: Uint8Array) => unknown;
  /** Files in a short run. @default {200} */
  rounds?: number;
}

/** What came of the files of a target. */
export interface Outcome {
  /** Files that were parsed. */
  files: number;
  /** Files that were refused. */
  refused: number;
  /** Longest that one took, in milliseconds. */
  slowestMs: number;
}

/** Errors that say what is wrong with a file. */
const REFUSALS = [
  ConfigError,
  DatasetError,
  DigestMismatchError,
  FormatError,
  ImageError,
];

/** Longest message. */
const MAX_CHARACTERS = 2000;

/**
 * Says what is wrong with what a parser made of a file.
 *
 * @param target The parser.
 * @param bytes The file.
 * @returns Whether it was refused.
 * @throws {Error} If it threw anything but a refusal, or one that is too long.
 */
export async function judge(
  { parse }: Target,
  bytes: Uint8Array,
): Promise<boolean> {
  try {
    // A copy: a parser may hand its bytes over.
    await parse(bytes.slice());
    return false;
  } catch (error) {
    if (!REFUSALS.some((refusal) => error instanceof refusal)) throw error;
    const { message } = error as Error;
    if (message.length <= MAX_CHARACTERS) return true;
    throw new Error(`a message of ${message.length} characters`);
  }
}

/**
 * Makes the file of a round: each is a function of seed and round alone.
 *
 * @param seeds The whole files.
 * @param seed The seed.
 * @param round The round.
 * @returns A damaged file.
 */
export function fileOf(
  seeds: readonly Uint8Array[],
  seed: number,
  round: number,
): Uint8Array {
  const draw = integers(Math.imul(seed, 0x9e3779b1) + round);
  // The first numbers of neighbours are alike.
  for (let i = 0; i < 4; i++) draw(2);
  return mutate(seeds[draw(seeds.length)]!, draw);
}

/**
 * Fuzzes a parser.
 *
 * @param target The parser.
 * @param options The seed, the first round, when to end, and what hears of each round before it begins.
 * @returns What came of it.
 * @throws {Error} At the first file that was neither parsed nor refused; its message says which.
 */
export async function fuzz(
  target: Target,
  options: {
    seed: number;
    first?: number;
    isDone: (rounds: number) => boolean;
    begin?: (round: number) => void;
  },
): Promise<Outcome> {
  const { seed, first = 0, isDone, begin = () => {} } = options;
  const seeds = await target.seeds();
  for (const whole of seeds) {
    if (await judge(target, whole)) {
      throw new Error(`${target.name}: a whole file was refused`);
    }
  }
  const outcome = { files: 0, refused: 0, slowestMs: 0 };
  for (let round = first; !isDone(outcome.files); round++) {
    begin(round);
    const bytes = fileOf(seeds, seed, round);
    const start = performance.now();
    try {
      if (await judge(target, bytes)) outcome.refused++;
    } catch (cause) {
      throw new Error(
        `${target.name}, seed ${seed}, round ${round}: ${cause}`,
        { cause },
      );
    }
    const took = performance.now() - start;
    outcome.slowestMs = Math.max(outcome.slowestMs, took);
    outcome.files++;
  }
  return outcome;
}
