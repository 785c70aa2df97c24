/**
 * The side of a program that is measured: one JSON request a line on standard
 * input, one JSON answer a line on standard output.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import { readLines } from "./lines.ts";

/** What is asked of a program: to do its work on so many units, and once or for its result. */
export interface BenchRequest {
  /** Units of work, such as images. */
  count: number;
  /** Whether the numbers that come out are wanted. */
  rows?: boolean;
}

/** What a program answers. */
export interface BenchAnswer {
  /** Duration of the work. */
  seconds: number;
  /** The numbers that came out. */
  rows?: number[];
}

/** Work that is measured. */
export interface ServedWork<Input> {
  /** Makes what the work starts from; the clock does not run. */
  prepare: (count: number) => Input;
  /** Does the work. */
  run: (input: Input, count: number) => Promise<ArrayLike<number>>;
}

/**
 * Says that the program is ready, and answers until standard input ends.
 *
 * @param work What is measured.
 * @param ready What is to be known about the program.
 */
export async function serve<Input>(
  work: ServedWork<Input>,
  ready: object = {},
): Promise<void> {
  console.log(JSON.stringify(ready));
  for await (const line of readLines(Deno.stdin.readable)) {
    const { count, rows: wantsRows }: BenchRequest = JSON.parse(line);
    const input = work.prepare(count);
    const started = performance.now();
    const rows = await work.run(input, count);
    const seconds = (performance.now() - started) / 1000;
    const answer: BenchAnswer = { seconds };
    if (wantsRows) answer.rows = Array.from(rows);
    console.log(JSON.stringify(answer));
  }
}
