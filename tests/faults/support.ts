/**
 * Tasks as real processes that are killed, or whose disk fails, at chosen calls.
 *
 * `FAULTS` in the environment is the share of all points that is tried: 1 tries each,
 * which takes an hour; without it few are tried, spread over all.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { readWorkspace, status, verify } from "../../mod.ts";
import { isIncomplete } from "../../pipeline/artifact/file_store.ts";
import { digestTree, taskCommand } from "../e2e/support.ts";
import { copyMade } from "../support/made_folder.ts";
import { uniform } from "../support/random.ts";
import { type TempDir, tempDir } from "../support/temp_dir.ts";
import { walkFiles } from "../support/walk_files.ts";

/** The share of all points that is tried. */
export const SHARE = Number(Deno.env.get("FAULTS") ?? 0.02);

/** Processes at a time. */
export const AT_ONCE: number = navigator.hardwareConcurrency;

/** The tasks, on the embedded photos, with shards and epochs enough to be hit. */
export const TASKS: readonly (readonly [string, ...string[]])[] = [
  ["prepare", "--image-size", "32", "--shard-size", "32"],
  ["train", "--epochs", "4", "--engine", "cpu"],
  ["eval"],
];

/** Digests of the files of a work directory by path. */
export type Digests = Readonly<Record<string, string>>;

/** A process that has ended. */
export interface Ended {
  code: number;
  signal: string | null;
  stderr: string;
}

/** Runs a task in a work directory to its end, however it ends. */
export async function runTask(
  [task, ...args]: readonly [string, ...string[]],
  work: string,
  options: {
    env?: Record<string, string>;
    signalAt?: [Deno.Signal, number];
    before?: readonly string[];
  } = {},
): Promise<Ended> {
  const { env = {}, signalAt, before = [] } = options;
  const flags = [...args, "--work", work];
  const child = taskCommand(task, flags, { env, before }).spawn();
  const timer = signalAt && setTimeout(() => {
    try {
      child.kill(signalAt[0]);
    } catch {
      // It has ended.
    }
  }, signalAt[1]);
  const { code, signal, stderr } = await child.output();
  clearTimeout(timer);
  return { code, signal, stderr: new TextDecoder().decode(stderr) };
}

/** Runs a task that must succeed. */
export async function succeed(
  task: readonly [string, ...string[]],
  work: string,
  before: readonly string[] = [],
): Promise<Ended> {
  const ended = await runTask(task, work, { before });
  assertEquals(ended.code, 0, ended.stderr);
  return ended;
}

/** Makes a work directory in which the first tasks are done. */
export async function workAfter(done: number): Promise<TempDir> {
  const directory = await tempDir();
  await copyAfter(done, directory.path);
  return directory;
}

/** Fills a folder with the work of the first tasks. */
export async function copyAfter(done: number, to: string): Promise<void> {
  await copyMade(`faults-${done}`, async (root) => {
    if (done === 0) return;
    await copyAfter(done - 1, root);
    await succeed(TASKS[done - 1]!, root);
  }, to);
}

/** Digests of the work of the first tasks, never interrupted. */
export async function expectedAfter(done: number): Promise<Digests> {
  await using directory = await workAfter(done);
  return await digestTree(directory.path, { times: false });
}

/** Says whether a file of a stage is rewritten while the stage is made. */
function isInProgress(path: string): boolean {
  return /\/head-[^/]+\/(checkpoint|best)\.safetensors$/.test(path);
}

/**
 * Checks what stands in a work directory whose task was interrupted: `status` tells the
 * truth, `verify` finds no damage, and every file under its own name is whole.
 *
 * @param whole Digests of the finished work.
 * @returns The stages that were begun and not finished.
 */
export async function checkInterrupted(
  work: string,
  whole: Digests,
): Promise<string[]> {
  const digests = await digestTree(work, { times: false });
  for (const [path, digest] of Object.entries(digests)) {
    if (!path.startsWith("artifacts/") || isInProgress(path)) continue;
    assertEquals(digest, whole[path], `${path} is not whole`);
  }
  if (!("runs/default/run.json" in digests)) return [];
  const workspace = readWorkspace(work);
  const { faults, unfinished } = await verify(workspace);
  assertEquals(faults, []);
  for (const { stage, state, directory } of await status(workspace)) {
    if (stage === "report") continue;
    const manifest = `${directory}/manifest.json`;
    const isComplete = directory !== null && manifest in digests;
    assertEquals(state === "complete", isComplete, `${stage} is ${state}`);
    assert(["complete", "partial", "absent"].includes(state), state);
    if (!isComplete) continue;
    const files = Object.keys(whole).filter((p) => p.startsWith(directory!));
    assertEquals(files.filter((path) => !(path in digests)), [], stage);
  }
  return unfinished;
}

/** Checks that a work directory holds what one does that was never interrupted, and no debris. */
export async function checkFinished(
  work: string,
  whole: Digests,
): Promise<void> {
  assertEquals(await digestTree(work, { times: false }), whole);
  for await (const path of walkFiles(work)) {
    assert(!isIncomplete(path.split("/").at(-1)!), path);
  }
}

/** Chooses some of all points, one at random of each stretch; the same ones at each run. */
export function choose<T>(points: readonly T[], share = SHARE): T[] {
  const count = Math.min(points.length, Math.ceil(points.length * share));
  const step = points.length / count;
  const random = uniform(5);
  return Array.from({ length: count }, (_, i) => {
    // A stretch of one is that one.
    const within = step === 1 ? 0 : random.next().value;
    return points[Math.floor((i + within) * step)]!;
  });
}

/** A call that a task makes: its number, what it does, and the path. */
export interface Call {
  number: number;
  name: string;
  path: string;
}

/** The library that stands between a task and the disk, compiled once. */
const LIBRARY = fromFileUrl(
  new URL(`../../.tmp/made-preload-${Deno.pid}.so`, import.meta.url),
);
const SOURCE = fromFileUrl(new URL("preload.c", import.meta.url));

/** Compiles the library; says whether it can be. */
async function compile(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    await Deno.mkdir(join(LIBRARY, ".."), { recursive: true });
    const draft = `${LIBRARY}.${crypto.randomUUID()}`;
    const args = ["-shared", "-fPIC", "-O1", "-o", draft, SOURCE, "-ldl"];
    const { success } = await new Deno.Command("cc", { args }).output();
    if (success) await Deno.rename(draft, LIBRARY);
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Whether calls can be counted and failed: on Linux, with a C compiler. */
export const HAS_PRELOAD: boolean = await compile();

/** The environment in which a task meets a fault; see `preload.c`. */
export function faultAt(
  work: string,
  fault: Record<string, string | number>,
): Record<string, string> {
  const entries = Object.entries(fault)
    .map(([name, value]) => [`FAULT_${name.toUpperCase()}`, `${value}`]);
  return {
    LD_PRELOAD: LIBRARY,
    FAULT_ROOT: work,
    ...Object.fromEntries(entries),
  };
}

/** Lists the calls that a task makes when nothing fails: once for all tests. */
export async function listCalls(index: number): Promise<Call[]> {
  await using logs = await tempDir();
  await copyMade(`calls-${index}`, async (root) => {
    await using directory = await workAfter(index);
    await logCalls(directory.path, TASKS[index]!, join(root, "log"));
  }, logs.path);
  return await readCalls(logs.join("log"));
}

/** Runs a task whose calls are written to a log. */
export async function logCalls(
  work: string,
  task: readonly [string, ...string[]],
  log: string,
): Promise<void> {
  const env = faultAt(work, { log });
  const { code, stderr } = await runTask(task, work, { env });
  assertEquals(code, 0, stderr);
}

/** Reads a log of calls. */
export async function readCalls(log: string): Promise<Call[]> {
  const lines = (await Deno.readTextFile(log)).trimEnd().split("\n");
  return lines.map((line) => {
    const [number, name, path] = line.split(" ") as [string, string, string];
    return { number: Number(number), name, path };
  });
}

/** Adds one to a count. */
export function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

/** Prints what was tried. */
export function tell(...what: unknown[]): void {
  // deno-lint-ignore no-console
  console.log("   ", ...what);
}
