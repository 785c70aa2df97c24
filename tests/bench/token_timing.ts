/**
 * Whether the time of an answer tells how much of a guessed token is right.
 *
 * Guesses of several kinds take turns, and the order of each turn is drawn anew.
 * Prints the median of each kind, and by how many standard errors its mean differs
 * from that of a guess that is wrong everywhere: below 4 or so nothing is told.
 * Run it as `deno run tests/bench/token_timing.ts`.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import { requireToken } from "../../pipeline/serve/access.ts";
import { median } from "./statistics.ts";

const TOKEN = "3f9c".repeat(16);

/** Guesses by what is right of them. */
const GUESSES = {
  "nothing right": "x".repeat(TOKEN.length),
  "first half right": TOKEN.slice(0, 32) + "x".repeat(32),
  "all but the last right": `${TOKEN.slice(0, -1)}x`,
  "shorter, all right": TOKEN.slice(0, 32),
  "longer, all right": `${TOKEN}x`,
};

/** Turns; the first tenth warms up. */
const TURNS = 20_000;

/** Mean and its squared standard error. */
function meanOf(values: readonly number[]): [number, number] {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean, squares / (values.length - 1) / values.length];
}

/** Leaves out the slowest twentieth, which is the noise of the machine. */
function trim(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b)
    .slice(0, Math.floor(values.length * 0.95));
}

const access = { hosts: [], origins: [], token: TOKEN };
const kinds = Object.entries(GUESSES).map(([name, guess]) => ({
  name,
  request: new Request("http://localhost/", {
    headers: { authorization: `Bearer ${guess}` },
  }),
  times: [] as number[],
}));
for (let turn = 0; turn < TURNS; turn++) {
  const order = kinds.toSorted(() => Math.random() - 0.5);
  for (const { request, times } of order) {
    const started = performance.now();
    await requireToken(request, access).catch(() => {});
    const took = performance.now() - started;
    if (turn >= TURNS / 10) times.push(took * 1000);
  }
}
const [base, baseError] = meanOf(trim(kinds[0]!.times));
for (const { name, times } of kinds) {
  const [mean, error] = meanOf(trim(times));
  const away = (mean - base) / Math.sqrt(error + baseError);
  console.log(
    `${name.padEnd(24)}${median(times).toFixed(1)} µs  ${away.toFixed(1)}`,
  );
}
