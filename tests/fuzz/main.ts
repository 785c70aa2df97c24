/**
 * `deno task fuzz`: fuzzes each parser for a while, and keeps what goes wrong.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl, join } from "@std/path";
import { fileOf } from "./fuzz.ts";
import { TARGETS } from "./targets.ts";
import type { Order, Report } from "./worker.ts";

/** Where files are kept that went wrong, a folder a parser. */
const CORPUS = fromFileUrl(new URL("../../fixtures/fuzz/", import.meta.url));

/** Longest that a file may take, in milliseconds. */
const MAX_MS = 20_000;

/** Lets a thread work; ends it where it stays at one round. */
async function watch(order: Order): Promise<Report> {
  const module = new URL("worker.ts", import.meta.url);
  const worker = new Worker(module, { type: "module" });
  const { promise, resolve } = Promise.withResolvers<Report>();
  const { promise: ready, resolve: begin } = Promise.withResolvers<void>();
  worker.onmessage = () => begin();
  worker.onerror = (event) => {
    event.preventDefault();
    resolve({ failure: event.message });
  };
  await ready;
  worker.onmessage = ({ data }) => resolve(data);
  const current = new Int32Array(order.round);
  let [seen, since] = [-1, performance.now()];
  const timer = setInterval(() => {
    const now = Atomics.load(current, 0);
    if (now !== seen) [seen, since] = [now, performance.now()];
    if (performance.now() - since < MAX_MS) return;
    resolve({ failure: `more than ${MAX_MS / 1000} s` });
  }, 500);
  worker.postMessage(order);
  const report = await promise;
  clearInterval(timer);
  worker.terminate();
  return report;
}

/** Fuzzes a parser; a file that goes wrong is kept, and the next round follows. */
async function run(
  name: string,
  options: { seed: number; seconds: number },
): Promise<number> {
  const { seed, seconds } = options;
  const target = TARGETS.find((one) => one.name === name)!;
  const seeds = await target.seeds();
  const end = performance.now() + seconds * 1000;
  let [files, refused, slowest, failures, first] = [0, 0, 0, 0, 0];
  while (performance.now() < end) {
    const round = new SharedArrayBuffer(4);
    const left = (end - performance.now()) / 1000;
    const order = { target: name, seed, first, seconds: left, round };
    const report = await watch(order);
    const last = Atomics.load(new Int32Array(round), 0);
    if ("outcome" in report) {
      files += report.outcome.files;
      refused += report.outcome.refused;
      slowest = Math.max(slowest, report.outcome.slowestMs);
      break;
    }
    failures++;
    files += last - first;
    const path = join(CORPUS, name, `${seed}-${last}`);
    await Deno.mkdir(join(CORPUS, name), { recursive: true });
    await Deno.writeFile(path, fileOf(seeds, seed, last));
    console.log(`${name}: ${report.failure.slice(0, 500)}\n  kept: ${path}`);
    first = last + 1;
  }
  console.log(
    `${name.padEnd(18)} ${files} files, ${refused} refused, slowest ${
      Math.round(slowest)
    } ms, ${failures} failures`,
  );
  return failures;
}

const flags = parseArgs(Deno.args, {
  string: ["target"],
  default: { seed: 1, seconds: 60 },
});
const names = TARGETS.map(({ name }) => name)
  .filter((name) => flags.target === undefined || name === flags.target);
let failures = 0;
for (const name of names) {
  const [seed, seconds] = [Number(flags.seed), Number(flags.seconds)];
  failures += await run(name, { seed, seconds });
}
// A thread that runs in circles would keep the program.
Deno.exit(failures > 0 || names.length === 0 ? 1 : 0);
