/**
 * Tasks as programs, with their duration and the memory they took at most.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { PROJECT } from "./child.ts";
import { SkipError } from "./context.ts";
import { succeeds } from "./succeeds.ts";

/** GNU time, which tells how much memory a program took at most, and how long cores worked for it. */
const GNU_TIME = "/usr/bin/time";

/** Lines of standard error that are told of a program that fails. */
const LAST_LINES = 8;

/** How a program ran. */
export interface MeasuredRun {
  /** Duration, from its start to its end. */
  seconds: number;
  /** Seconds of all cores; `undefined` without GNU time. */
  cpuSeconds: number | undefined;
  /** Most memory that was resident at a time, in bytes; `undefined` without GNU time. */
  peakBytes: number | undefined;
  /** The last line of standard output, as JSON. */
  output: Record<string, unknown>;
}

/** What stands before a command, so that its last line on standard error is its peak in KiB, and its seconds of cores for itself and for the system. */
const WRAPPER: readonly string[] = await succeeds(GNU_TIME, ["--version"])
  ? [GNU_TIME, "-f", "%M %U %S"]
  : [];

/**
 * Runs a program to its end.
 *
 * @param command Path of the program.
 * @param args Its arguments.
 * @param variables What its environment has besides that of this program.
 * @returns How it ran.
 * @throws {Error} If it fails; its last lines are in the message.
 */
export async function runMeasured(
  command: string,
  args: readonly string[],
  variables: Record<string, string> = {},
): Promise<MeasuredRun> {
  const [first, ...rest] = [...WRAPPER, command, ...args];
  const started = performance.now();
  const { success, stdout, stderr } = await new Deno.Command(first!, {
    args: rest,
    cwd: PROJECT,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...variables },
  }).output();
  const seconds = (performance.now() - started) / 1000;
  const lines = (bytes: Uint8Array) =>
    new TextDecoder().decode(bytes).trimEnd().split("\n");
  const errors = lines(stderr);
  if (!success) {
    throw new Error(
      `Cannot measure "${args.join(" ")}" as it must succeed: ${
        errors.slice(-LAST_LINES).join(" ")
      }`,
    );
  }
  const output = JSON.parse(lines(stdout).at(-1)!);
  if (WRAPPER.length === 0) {
    return { seconds, cpuSeconds: undefined, peakBytes: undefined, output };
  }
  const [peak, own, system] = errors.at(-1)!.split(" ").map(Number);
  const cpuSeconds = own! + system!;
  return { seconds, cpuSeconds, peakBytes: peak! * 1024, output };
}

/** Commands of the tasks, by name. */
const TASKS: Record<string, { command: string }> =
  JSON.parse(await Deno.readTextFile(join(PROJECT, "deno.json"))).tasks;

/** Returns the variables and the flags of V8, and of its code cache, that a task starts with. */
function startOf(task: string) {
  const { command } = TASKS[task]!;
  const variables = Object.fromEntries(
    [...command.matchAll(/\b([A-Z_]+)=(\S+) (?=.*deno run)/g)]
      .map(([, name, value]) => [name!, value!]),
  );
  return {
    variables,
    v8Flags: command.match(/--(no-code-cache|v8-flags=\S+)/g) ?? [],
  };
}

/**
 * Runs a task of the project, with the permissions that it has.
 *
 * @param task Name of the task.
 * @param args Its flags.
 * @returns How it ran, with what `--json` prints.
 * @throws {Error} If it fails.
 */
export function measureTask(
  task: "prepare" | "embed" | "train" | "eval" | "predict" | "status",
  args: readonly string[],
): Promise<MeasuredRun> {
  const flags = ["--quiet", "--json", ...args];
  const { variables, v8Flags } = startOf(task);
  return runMeasured(Deno.execPath(), [
    "run",
    "--quiet",
    `-P=${task}`,
    ...v8Flags,
    "tasks/confined.ts",
    task,
    ...flags,
  ], variables);
}

/**
 * Runs a program of `tests/bench/runners/` that does what a task does, with the
 * permissions of the task, and tells more of its time.
 *
 * @param task Name of the task.
 * @param work Work directory; `train` wants a run that is prepared.
 * @param settings Settings of the task.
 * @returns How it ran; `output` is what the program prints.
 * @throws {Error} If it fails.
 */
export function measureParts(
  task: "prepare" | "train",
  work: string,
  settings: object,
): Promise<MeasuredRun> {
  const path = `runners/${task}_task.ts`;
  return runMeasured(Deno.execPath(), [
    "run",
    "--quiet",
    // That of the benchmark is nearer to the program.
    `--config=${join(PROJECT, "deno.json")}`,
    `-P=${task}`,
    fromFileUrl(new URL(path, import.meta.url)),
    work,
    JSON.stringify(settings),
  ]);
}

/**
 * Removes what some stages have written, so that they work again.
 *
 * @param work Work directory.
 * @param stages Names of the stages.
 */
export async function removeArtifacts(
  work: string,
  stages: readonly string[],
): Promise<void> {
  const artifacts = join(work, "artifacts");
  for await (const { name } of Deno.readDir(artifacts)) {
    if (!stages.some((stage) => name.startsWith(`${stage}-`))) continue;
    await Deno.remove(join(artifacts, name), { recursive: true });
  }
}

/**
 * Returns the peak of a run.
 *
 * @param run The run.
 * @returns Bytes.
 * @throws {SkipError} If it was not measured.
 */
export function requirePeak(run: MeasuredRun): number {
  if (run.peakBytes !== undefined) return run.peakBytes;
  throw new SkipError(`there is no ${GNU_TIME} to measure memory with`);
}
