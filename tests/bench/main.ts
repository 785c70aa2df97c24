/**
 * `deno task bench`: this project beside others, on this machine.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import { join } from "@std/path";
import type { Row } from "./bench_row.ts";
import { CASES } from "./cases.ts";
import { PROJECT } from "./child.ts";
import { type BenchContext, makeOnce, runCase } from "./context.ts";
import { describeMachine, type Machine, readMachine } from "./machine.ts";
import { type BenchOptions, parseOptions, renderHelp } from "./options.ts";
import { renderMarkdown, renderText } from "./render.ts";

/** What everything runs with. */
type Sizes = Pick<BenchContext, "width" | "imageSize">;

/** The network of ImageNet. */
const FULL: Sizes = { width: 64, imageSize: 224 };

/** A quarter as wide, on images of half the side. */
const QUICK: Sizes = { width: 16, imageSize: 112 };

/** Prints what was measured. */
function print(
  { format, quick }: BenchOptions,
  machine: Machine,
  rows: readonly Row[],
): void {
  const warning = quick ? "quick: small networks, figures mean little\n" : "";
  switch (format) {
    case "json":
      console.log(JSON.stringify({ machine, quick, rows }));
      break;
    case "markdown":
      console.log(`${warning}${describeMachine(machine)}\n`);
      console.log(renderMarkdown(rows));
      break;
    case "text":
      console.log(`${warning}${describeMachine(machine)}\n`);
      console.log(renderText(rows));
      break;
    default:
      format satisfies never;
  }
}

/** Runs the cases that are wanted, and returns the exit code. */
async function runBench(options: BenchOptions): Promise<number> {
  const { quick, runs, only } = options;
  const machine = await readMachine();
  const scratch = join(PROJECT, ".tmp");
  await Deno.mkdir(scratch, { recursive: true });
  const directory = await Deno.makeTempDir({ dir: scratch, prefix: "bench-" });
  const started = Date.now();
  const rows: Row[] = [];
  const { cores } = machine;
  const once = makeOnce();
  const sizes = quick ? QUICK : FULL;
  try {
    for (const bench of CASES) {
      if (only.length > 0 && !only.includes(bench.name)) continue;
      const note = (message: string) => {
        const seconds = Math.round((Date.now() - started) / 1000);
        console.error(`${seconds} s  ${bench.name}: ${message}`);
      };
      const context = { quick, runs, cores, directory, note, once, ...sizes };
      rows.push(...await runCase(bench, context));
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
  print(options, machine, rows);
  return rows.some((row) => "failed" in row) ? 1 : 0;
}

/** Reads the flags and runs; returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  let options: BenchOptions;
  try {
    options = parseOptions(args, CASES.map(({ name }) => name));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    console.error(error.message);
    return 2;
  }
  if (!options.help) return await runBench(options);
  console.log(renderHelp(CASES));
  return 0;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
