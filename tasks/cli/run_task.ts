/**
 * What every task does around its work: flags, help, signals, exit codes.
 *
 * Exit codes: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C.
 *
 * @module
 */

import { resolve } from "@std/path";
import { cacheDirectory, ConfigError } from "../../mod.ts";
import {
  CACHE_FLAG,
  COMMON_FLAGS,
  type Flag,
  type ParsedFlags,
  parseFlags,
  renderHelp,
  UsageError,
} from "./flags.ts";
import { Reporter } from "./reporter.ts";
import { resolveUserPath } from "./user_path.ts";

/** Work directory where none is given, in the folder of `deno.json`. */
const DEFAULT_WORK = ".headstart";

/**
 * Time in which a second signal is taken for the first: the terminal sends
 * Ctrl-C to `deno task` and to the program, and `deno task` passes it on again.
 */
const ONE_KEY_MS = 500;

/** What the work of a task gets. */
export interface TaskContext extends ParsedFlags {
  /** Absolute path of the work directory. */
  work: string;
  /** Name of the run. */
  run: string;
  /** Prints for people. */
  reporter: Reporter;
  /** Absolute path of the folder of fetched weights, for tasks with the flag for it. */
  cache: string | undefined;
  /** Set by the first Ctrl-C. */
  signal: AbortSignal;
}

/** A task. */
export interface Task {
  /** Name, as in `deno task <name>`. */
  name: string;
  /** What it does, for `--help`. */
  summary: string;
  /** What it takes before its flags, for `--help`. */
  words?: string;
  /** Its own flags. */
  flags: readonly Flag[];
  /** Whether it prints lines itself; `--json` then adds none. @default {false} */
  printsLines?: boolean;
  /** How to go on after Ctrl-C. */
  resume?: string;
  /** Does the work; what it returns is printed by `--json`. */
  run: (context: TaskContext) => Promise<object>;
}

/** Prints text on standard error, at once. */
function writeError(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

/** Lets the first Ctrl-C ask for a stop, and the second end the process. */
function listenForStop(reporter: Reporter): {
  signal: AbortSignal;
  close: () => void;
} {
  const controller = new AbortController();
  let first: number | undefined;
  const onSignal = () => {
    if (first !== undefined) {
      if (Date.now() - first <= ONE_KEY_MS) return;
      // The bar hides the cursor and turns wrapping off.
      reporter.stop();
      Deno.exit(130);
    }
    first = Date.now();
    reporter.note(
      "stopping after the shard or epoch at hand; Ctrl-C again stops at once",
    );
    controller.abort();
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT"]
    : ["SIGINT", "SIGTERM"];
  for (const name of signals) Deno.addSignalListener(name, onSignal);
  const close = () => {
    for (const name of signals) Deno.removeSignalListener(name, onSignal);
  };
  return { signal: controller.signal, close };
}

/** Finds the folder of fetched weights; `undefined` for a user without a home. */
function findCache(): string | undefined {
  try {
    return cacheDirectory(Deno.env, Deno.build.os);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** What failed, with what was found all the same: `--json` prints it. */
export class PartialResultError extends Error {
  /** Name of the error. */
  override name = "PartialResultError";
  /** What was found. */
  readonly result: object;

  /**
   * Creates the error.
   *
   * @param message What failed.
   * @param result What was found.
   */
  constructor(message: string, result: object) {
    super(message);
    this.result = result;
  }
}

/** Says what went wrong, with the errors underneath. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause } = error;
  return cause instanceof Error && !message.includes(cause.message)
    ? `${message}: ${describeError(cause)}`
    : message;
}

/** Prints a line on standard output, at once. */
function writeOutput(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** Runs a task and returns the exit code. */
async function execute(task: Task, args: readonly string[]): Promise<number> {
  const flags = [...task.flags, ...COMMON_FLAGS];
  const isTerminal = Deno.stderr.isTerminal();
  const quiet = args.includes("--quiet");
  const curve = !args.includes("--json");
  const options = { quiet, isTerminal, curve, write: writeError };
  const reporter = new Reporter(options);
  if (args.includes("--help")) {
    writeOutput(renderHelp(task.name, task.summary, flags, task.words));
    return 0;
  }
  const stop = listenForStop(reporter);
  try {
    const words = task.words !== undefined;
    const parsed = parseFlags(args, flags, { words });
    const { work, run, json, cache } = parsed.values;
    const result = await task.run({
      ...parsed,
      work: typeof work === "string"
        ? resolveUserPath(work)
        : resolve(DEFAULT_WORK),
      run: typeof run === "string" ? run : "default",
      cache: typeof cache === "string"
        ? resolveUserPath(cache)
        : flags.includes(CACHE_FLAG)
        ? findCache()
        : undefined,
      reporter,
      signal: stop.signal,
    });
    if (json && !task.printsLines) writeOutput(JSON.stringify(result));
    return 0;
  } catch (error) {
    if (stop.signal.aborted && error === stop.signal.reason) {
      reporter.stop();
      reporter.line(`  stopped. ${task.resume ?? "Run the task again."}`);
      return 130;
    }
    reporter.error(describeError(error));
    if (error instanceof PartialResultError && args.includes("--json")) {
      writeOutput(JSON.stringify(error.result));
    }
    if (error instanceof UsageError || error instanceof ConfigError) {
      writeError(`See deno task ${task.name} --help\n`);
      return 2;
    }
    return 1;
  } finally {
    reporter.stop();
    stop.close();
  }
}

/**
 * Runs a task as a program.
 *
 * @param task The task.
 */
export async function runTask(task: Task): Promise<void> {
  Deno.exitCode = await execute(task, Deno.args);
}
