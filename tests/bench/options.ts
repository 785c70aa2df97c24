/**
 * Flags of the benchmark.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";

/** What was asked for. */
export interface BenchOptions {
  /** Smaller networks and fewer images, to see that everything works. */
  quick: boolean;
  /** How the table is printed. */
  format: "text" | "json" | "markdown";
  /** Names of the cases to run; all if empty. */
  only: string[];
  /** Number of rounds. */
  runs: number;
  /** Whether only the help is wanted. */
  help: boolean;
}

/** Rounds where no number is given. */
const DEFAULT_RUNS = 5;

/** The same with `--quick`. */
const QUICK_RUNS = 2;

/** Flags that are on or off. */
const SWITCHES = ["json", "markdown", "quick", "help"];

/**
 * Reads the flags.
 *
 * @param args Arguments of the program.
 * @param cases Names of the cases there are.
 * @returns What was asked for.
 * @throws {RangeError} If there is no such flag or case, or no positive number of runs.
 */
export function parseOptions(
  args: readonly string[],
  cases: readonly string[],
): BenchOptions {
  const flags = parseArgs([...args], {
    boolean: SWITCHES,
    string: ["only", "runs"],
    collect: ["only"],
    unknown(arg: string) {
      throw new RangeError(
        `Cannot read "${arg}" as it must be a flag of bench: see --help`,
      );
    },
  });
  const given: string[] = flags.only;
  const only = given.flatMap((names) => names.split(","));
  const unknown = only.find((name) => !cases.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(
      `Cannot run "${unknown}" as --only must name one of ${
        cases.join(", ")
      }: current value is "${unknown}"`,
    );
  }
  const quick = flags.quick === true;
  const runs = Number(flags.runs ?? (quick ? QUICK_RUNS : DEFAULT_RUNS));
  if (!Number.isInteger(runs) || runs < 1) {
    throw new RangeError(
      `Cannot take rounds as --runs must be a positive integer: current value is "${flags.runs}"`,
    );
  }
  return {
    quick,
    format: flags.json === true
      ? "json"
      : flags.markdown === true
      ? "markdown"
      : "text",
    only,
    runs,
    help: flags.help === true,
  };
}

/**
 * Renders the help.
 *
 * @param cases Name and summary of each case.
 * @returns The text.
 */
export function renderHelp(
  cases: readonly { name: string; summary: string }[],
): string {
  const width = Math.max(...cases.map(({ name }) => name.length));
  const list = cases.map(({ name, summary }) =>
    `  ${name.padEnd(width)}  ${summary}`
  );
  return `Usage: deno task bench [flags]

Measures this project beside others on this machine, and prints a table with the
ratios first. Nothing else should run meanwhile.

Flags:
  --only NAME,…  Run these cases only
  --runs N       Rounds of each case (${DEFAULT_RUNS}; ${QUICK_RUNS} with --quick)
  --quick        Small networks and few images, to see that everything works
  --json         Print one JSON object on the last line of standard output
  --markdown     Print the table as it stands in docs/benchmarks.md
  --help         Print this text

Cases:
${list.join("\n")}`;
}
