/**
 * What every case gets.
 *
 * @module
 */

import type { Row } from "./bench_row.ts";

/** What every case gets. */
export interface BenchContext {
  /** Whether small networks and few images will do. */
  quick: boolean;
  /** Number of rounds. */
  runs: number;
  /** Number of cores, of threads too. */
  cores: number;
  /** Channels of the stem of the networks: 64 is full size. */
  width: number;
  /** Side of the images, in pixels. */
  imageSize: number;
  /** Absolute path of a folder for everything, empty at the start. */
  directory: string;
  /** Tells a person how far it is. */
  note: (message: string) => void;
  /** Makes something at the first call, and returns the same at the next. */
  once: <T>(name: string, make: () => Promise<T>) => Promise<T>;
}

/** A case: figures that are measured together. */
export interface BenchCase {
  /** Its name, for `--only`. */
  name: string;
  /** What it measures. */
  summary: string;
  /** Measures. */
  run: (context: BenchContext) => Promise<Row[]>;
}

/** Thrown where a figure cannot be measured on this machine. */
export class SkipError extends Error {
  /** Name of the class, as errors have it. */
  override name = "SkipError";
}

/**
 * Makes a function that remembers what it has made.
 *
 * @returns The function, for {@linkcode BenchContext.once}.
 */
export function makeOnce(): BenchContext["once"] {
  const made = new Map<string, Promise<unknown>>();
  return <T>(name: string, make: () => Promise<T>) => {
    const value = made.get(name) ?? make();
    made.set(name, value);
    return value as Promise<T>;
  };
}

/**
 * Runs a case. Where it cannot run or fails, a line says why: the others go on.
 *
 * @param bench The case.
 * @param context What it gets.
 * @returns Its lines.
 */
export async function runCase(
  bench: BenchCase,
  context: BenchContext,
): Promise<Row[]> {
  try {
    return await bench.run(context);
  } catch (error) {
    const { name: figure } = bench;
    if (error instanceof SkipError) return [{ figure, skipped: error.message }];
    return [{ figure, skipped: `failed: ${error}`, failed: true }];
  }
}
