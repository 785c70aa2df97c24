/**
 * What every task does around its work: flags, help, signals, exit codes.
 *
 * Exit codes: 0 done, 1 failed, 2 wrong use, 130 stopped, 141 standard output was closed.
 */

import {
  ConfigError,
  DigestMismatchError,
  FormatError,
} from "../../pipeline/errors.ts";
import { cacheDirectory } from "../../pipeline/weights/cache_directory.ts";
import { hostElsewhere } from "../../pipeline/workers/hosted.ts";
import { narrowWorkers } from "../../pipeline/workers/permissions.ts";
import { UsageError } from "./flags.ts";
import { callOf } from "./call.ts";
import { defaultWork } from "./caller_folder.ts";
import { describeError } from "./describe_error.ts";
import { exit, IS_CONFINED } from "./exit.ts";
import { packedHelp, renderHelp } from "./help.ts";
import { type ParsedFlags, parseFlags } from "./parse_flags.ts";
import { Reporter } from "./reporter.ts";
import { listenForStop } from "./stop_signal.ts";
import { flagsOf, TASK_FLAGS } from "./task_flags.ts";
import { writeError, writeOutput } from "./write.ts";
import { resolveUserPath, resolveUserPlace } from "./user_path.ts";

/** Flags that say what a task does of shared work. */
const SHARE_FLAGS = ["index", "part", "seal"];

/** What the work of a task gets. */
export interface TaskContext extends ParsedFlags {
  /** Absolute path of the work directory. */
  work: string;
  run: string;
  /** Prints for people. */
  reporter: Reporter;
  /** Absolute path of the folder of fetched weights, for tasks with the flag for it. */
  cache: string | undefined;
  /** Set by the first Ctrl-C. */
  signal: AbortSignal;
  /** Whether another task runs this one and prints "Next:" itself. @default {false} */
  isPart?: boolean;
}

export interface Task {
  /** Name, as in `deno task <name>`; its flags are those of {@linkcode TASK_FLAGS}. */
  name: string;
  /** What a person types before the name. @default {"deno task"} */
  program?: string;
  /** What it does, for `--help`. */
  summary: string;
  /** What it takes before its flags, for `--help`. */
  words?: string;
  /** Whether it prints lines itself; `--json` then adds none. @default {false} */
  printsLines?: boolean;
  /** Whether running it again continues after Ctrl-C. @default {false} */
  resumes?: boolean;
  /** Whether it says itself that it stops. @default {false} */
  tellsStop?: boolean;
  /** Does the work; what it returns is printed by `--json`. */
  run: (context: TaskContext) => Promise<object>;
}

/**
 * Gives the Vulkan drivers of Linux a folder: where a desktop has set none, as in
 * a container, they print an error each time a GPU is asked for.
 */
function setRuntimeFolder(): void {
  const name = "XDG_RUNTIME_DIR";
  if (Deno.build.os !== "linux") return;
  const query = { name: "env", variable: name } as const;
  if (Deno.permissions.querySync(query).state !== "granted") return;
  if (!Deno.env.get(name)) Deno.env.set(name, "/tmp");
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
  override name = "PartialResultError";
  /** What was found. */
  readonly result: object;

  constructor(message: string, result: object) {
    super(message);
    this.result = result;
  }
}

/** Returns what the work of a task gets, as the command line says. */
function contextOf(
  { values, ...parsed }: ParsedFlags,
  task: string,
): Omit<TaskContext, "reporter" | "signal"> {
  const { work, run, cache } = values;
  return {
    ...parsed,
    values,
    work: typeof work === "string" ? resolveUserPlace(work) : defaultWork(),
    run: typeof run === "string" ? run : "default",
    cache: typeof cache === "string"
      ? resolveUserPath(cache)
      : flagsOf(task).some(({ name }) => name === "cache")
      ? findCache()
      : undefined,
  };
}

/** Returns a reporter on standard error. */
async function openReporter(
  { quiet, json }: ParsedFlags["values"],
): Promise<Reporter> {
  const isWatched = quiet !== true && Deno.stderr.isTerminal();
  const bar = isWatched ? await import("./bar.ts") : undefined;
  return new Reporter({
    quiet: quiet === true,
    startBar: bar?.startBar,
    curve: json !== true,
    write: writeError,
  });
}

/** Does the work of a task and returns the exit code. */
async function perform(task: Task, parsed: ParsedFlags): Promise<number> {
  const { json } = parsed.values;
  const reporter = await openReporter(parsed.values);
  const { signal, close } = listenForStop(reporter, task);
  try {
    const context = contextOf(parsed, task.name);
    const result = await task.run({ ...context, reporter, signal });
    if (json && !task.printsLines) writeOutput(JSON.stringify(result));
    return 0;
  } catch (error) {
    if (signal.aborted && error === signal.reason) {
      reporter.stop();
      const call = callOf(task.name, parsed.values, SHARE_FLAGS);
      reporter.line(
        `  stopped. ${
          task.resumes ? `Continue with: ${call}` : "Run the task again."
        }`,
      );
      return 130;
    }
    // The reader of standard output has closed it, as `head` does.
    if (error instanceof Deno.errors.BrokenPipe) return 141;
    if (json && error instanceof PartialResultError) {
      writeOutput(JSON.stringify(error.result));
    }
    return refuse(task, error, reporter, parsed.values);
  } finally {
    reporter.stop();
    close();
  }
}

/** Returns how a person starts a task. */
function commandOf({ program = "deno task", name }: Task): string {
  return `${program} ${name}`;
}

/** Whether an artifact is damaged; tasks that continue make it again themselves. */
function isDamage(error: unknown): boolean {
  return (error instanceof DigestMismatchError ||
    error instanceof FormatError) && error.path.startsWith("artifacts/");
}

/** Says what went wrong and returns the exit code. */
function refuse(
  task: Task,
  error: unknown,
  reporter: Reporter,
  values: ParsedFlags["values"] = {},
): number {
  reporter.error(describeError(error));
  if (isDamage(error) && !task.resumes && !task.program) {
    const isOne = flagsOf(task.name).some(({ name }) => name === "run") &&
      !`${values.run}`.includes(",");
    // Of several runs, the error does not say whose artifact it is.
    const named = isOne ? values : { ...values, run: "NAME" };
    writeError(`Repair with: ${callOf("verify", named)} --repair\n`);
  }
  if (!(error instanceof UsageError || error instanceof ConfigError)) return 1;
  writeError(`See ${commandOf(task)} --help\n`);
  return 2;
}

/** Runs a task and returns the exit code. */
async function execute(task: Task, args: readonly string[]): Promise<number> {
  const flags = flagsOf(task.name);
  // What follows `--` is no flag.
  const end = args.indexOf("--");
  if ((end < 0 ? args : args.slice(0, end)).includes("--help")) {
    const text = renderHelp(commandOf(task), task.summary, flags, task.words);
    writeOutput(task.program ? packedHelp(text) : text);
    return 0;
  }
  const words = task.words !== undefined;
  let parsed;
  try {
    parsed = parseFlags(args, flags, { words, others: TASK_FLAGS });
  } catch (error) {
    return refuse(task, error, await openReporter({ quiet: true }));
  }
  setRuntimeFolder();
  return await perform(task, parsed);
}

/** Runs a task as a program. */
export async function runTask(task: Task, args?: string[]): Promise<void> {
  if (IS_CONFINED) {
    narrowWorkers();
    hostElsewhere();
  }
  args ??= IS_CONFINED ? Deno.args.slice(1) : Deno.args;
  // A worker whose decoder hangs is ended, and would keep the program from ending.
  exit(await execute(task, args));
}
