/**
 * A thread that fuzzes one parser, and says at which round it is: a parser that runs
 * in circles is seen from outside.
 *
 * @module
 */

import { fuzz, type Outcome } from "./fuzz.ts";
import { TARGETS } from "./targets.ts";

/** What to do. */
export interface Order {
  /** Name of the parser. */
  target: string;
  seed: number;
  /** The first round. */
  first: number;
  /** Seconds to go on. */
  seconds: number;
  /** Takes the round that begins. */
  round: SharedArrayBuffer;
}

/** What came of it. */
export type Report = { outcome: Outcome } | { failure: string };

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<Order>) => void;
  postMessage(report: Report): void;
};

// It has loaded what takes a while.
scope.postMessage({ failure: "" });

scope.onmessage = async ({ data }) => {
  const { target: name, seed, first, seconds, round } = data;
  const target = TARGETS.find((one) => one.name === name)!;
  const current = new Int32Array(round);
  const end = performance.now() + seconds * 1000;
  try {
    const outcome = await fuzz(target, {
      seed,
      first,
      isDone: () => performance.now() > end,
      begin: (at) => void Atomics.store(current, 0, at),
    });
    scope.postMessage({ outcome });
  } catch (error) {
    scope.postMessage({ failure: (error as Error).message });
  }
};
