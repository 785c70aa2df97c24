/**
 * Programs that are measured: started once, warm, and asked again and again.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { readLines } from "./lines.ts";
import type { BenchAnswer, BenchRequest } from "./serve.ts";

/** Folder of the project. */
export const PROJECT: string = fromFileUrl(new URL("../../", import.meta.url));

/** Configuration that knows the packages of the others. */
export const BENCH_CONFIG: string = fromFileUrl(
  new URL("deno.json", import.meta.url),
);

/** A program that waits for requests. */
export interface Child extends AsyncDisposable {
  /** What it said when it was ready. */
  ready: Record<string, unknown>;
  /** Asks for the work and waits for it. */
  ask(request: BenchRequest): Promise<BenchAnswer>;
}

/** A program and its arguments. */
export interface Program {
  /** Path of the program. */
  command: string;
  /** Its arguments. */
  args: readonly string[];
}

/**
 * Describes a program of `tests/bench/` that Deno runs, with every permission
 * that an engine may need.
 *
 * @param path Path below `tests/bench/`.
 * @param args Its arguments.
 * @returns The program.
 */
export function denoProgram(path: string, args: readonly string[]): Program {
  const permissions = ["read", "write", "env", "sys", "ffi"];
  return {
    command: Deno.execPath(),
    args: [
      "run",
      "--quiet",
      `--config=${BENCH_CONFIG}`,
      ...permissions.map((name) => `--allow-${name}`),
      fromFileUrl(new URL(path, import.meta.url)),
      ...args,
    ],
  };
}

/**
 * Starts a program and waits until it is ready.
 *
 * @param program The program.
 * @returns The program; end it with `await using`.
 * @throws {Error} If it ends before it is ready.
 */
export async function startChild(program: Program): Promise<Child> {
  const { command, args } = program;
  const child = new Deno.Command(command, {
    args: [...args],
    cwd: PROJECT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const errors = new Response(child.stderr).text();
  const answers = readLines(child.stdout);
  const requests = child.stdin.getWriter();
  const next = async () => {
    for (;;) {
      const { value, done } = await answers.next();
      if (done) break;
      // Libraries print lines of their own.
      if (value.startsWith("{")) return JSON.parse(value);
    }
    const last = (await errors).trimEnd().split("\n").slice(-3).join(" ");
    throw new Error(`Cannot measure "${args.at(-1)}" as it has ended: ${last}`);
  };
  return {
    ready: await next(),
    async ask(request) {
      const line = `${JSON.stringify(request)}\n`;
      await requests.write(new TextEncoder().encode(line));
      return await next();
    },
    async [Symbol.asyncDispose]() {
      await requests.close();
      await answers.return(undefined);
      await child.status;
      await errors;
    },
  };
}
