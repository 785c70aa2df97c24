/**
 * Running the tasks as a person does: as programs, with the permissions that
 * `deno.json` gives them.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import { FileStore } from "../../pipeline/artifact/file_store.ts";
import type { ReadableStore } from "../../pipeline/artifact/store.ts";

/** The folder of `deno.json`. */
export const PROJECT: string = fromFileUrl(new URL("../../", import.meta.url));

/** What a task printed, and how it ended. */
export interface TaskRun {
  /** Exit code. */
  code: number;
  /** Standard output. */
  stdout: string;
  /** Standard error. */
  stderr: string;
  /** The last line of standard output as JSON, if it is. */
  json: Record<string, unknown> | undefined;
}

/** Builds the command of a task. */
export function taskCommand(
  task: string,
  args: readonly string[],
  options: {
    stdin?: "null" | "piped";
    env?: Record<string, string>;
    before?: readonly string[];
  } = {},
): Deno.Command {
  const { stdin = "null", env, before = [] } = options;
  const [program, ...rest] = [...before, Deno.execPath()];
  return new Deno.Command(program!, {
    args: [
      ...[...rest, "run", "--quiet", `-P=${task}`, "tasks/confined.ts", task],
      ...args,
    ],
    cwd: PROJECT,
    stdin,
    stdout: "piped",
    stderr: "piped",
    env: { NO_COLOR: "1", ...env },
  });
}

/** Runs a task to its end. */
export async function runTask(
  task: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<TaskRun> {
  const output = await taskCommand(task, args, { env }).output();
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const stdout = decode(output.stdout);
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  return {
    code: output.code,
    stdout,
    stderr: decode(output.stderr),
    json: last.startsWith("{") ? JSON.parse(last) : undefined,
  };
}

/** Takes the times and the seal out of a run file, and the work of the page, which they are part of: no two runs share them. */
function withoutTimes(bytes: Uint8Array): Uint8Array {
  const { times: _, seal: __, ...run } = JSON.parse(
    new TextDecoder().decode(bytes),
  );
  delete run.works.report;
  return new TextEncoder().encode(JSON.stringify(run));
}

/**
 * Digests of every file below a work directory but its lock, by path.
 *
 * @param root The work directory.
 * @param options Whether what the stages took counts, which is the default; else the page, which shows it, is left out.
 */
export function digestTree(
  root: string,
  options: { times?: boolean } = {},
): Promise<Record<string, string>> {
  return digestStore(new FileStore(root), options);
}

/** Does as {@linkcode digestTree}, of a work directory in any store. */
export async function digestStore(
  store: ReadableStore,
  options: { times?: boolean } = {},
): Promise<Record<string, string>> {
  const { times = true } = options;
  const digests: Record<string, string> = {};
  for (const { path } of await store.list("")) {
    if (path === "lock" || path.startsWith("locks/")) continue;
    if (!times && path.startsWith("artifacts/report-")) continue;
    const bytes = (await store.read(path))!;
    const isCleared = !times && /\/run(\.copy)?\.json$/.test(path);
    digests[path] = await sha256(isCleared ? withoutTimes(bytes) : bytes);
  }
  return digests;
}

/** Copies a folder. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory) await copyFolder(source, target);
    else await Deno.copyFile(source, target);
  }
}
