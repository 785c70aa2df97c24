/**
 * Servers under load: this one, and the least that could be written.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import {
  evaluate,
  exportRun,
  openWorkspace,
  prepare,
  train,
} from "../../mod.ts";
import { resumeRun } from "../../pipeline/run/open_run.ts";
import { makeOnce } from "./context.ts";
import { readLines } from "./lines.ts";
import { writeWeights } from "./network.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** A server in a process of its own. */
export interface LoadedServer extends AsyncDisposable {
  /** Its name, for people. */
  name: string;
  /** Address of the request for a photo. */
  url: string;
  /** Bytes of memory that it holds. */
  memory(): Promise<number>;
}

/** Starts a server that prints its address. */
async function start(
  name: string,
  args: readonly string[],
  paths: { classify: string; metrics: string },
): Promise<LoadedServer> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...args],
    cwd: ROOT,
    stdout: "piped",
    stderr: "null",
    stdin: "null",
  }).spawn();
  const { value: address } = await readLines(child.stdout).next();
  if (!address) throw new Error(`Cannot start ${name}: it prints no address`);
  return {
    name,
    url: address + paths.classify,
    async memory() {
      const text = await (await fetch(address + paths.metrics)).text();
      return Number(/^process_resident_memory_bytes (.+)$/m.exec(text)![1]);
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.status;
    },
  };
}

/** A trained run and its export. */
export interface LoadedModel {
  /** The work directory. */
  work: string;
  /** Path of `model.onnx`. */
  model: string;
  /** What happens to a photo before it, as JSON. */
  geometry: string;
}

/**
 * Trains a run and exports it.
 *
 * @param directory An empty folder.
 * @param isFull Whether the backbone has the full size, with weights of the formula, or is the embedded one.
 * @returns The run and its export.
 */
export async function trainModel(
  directory: string,
  isFull: boolean,
): Promise<LoadedModel> {
  using workspace = await openWorkspace(join(directory, "work"));
  const settings = isFull
    ? {
      backbone: await writeWeights({
        quick: false,
        runs: 1,
        cores: navigator.hardwareConcurrency,
        width: 64,
        imageSize: 224,
        directory,
        note: () => {},
        once: makeOnce(),
      }),
    }
    : {};
  await prepare(workspace, { settings });
  await train(workspace, { settings: { engine: "cpu", epochs: 5 } });
  await evaluate(workspace, { report: false });
  const out = join(directory, "export");
  const format = "onnx";
  const { file } = await exportRun(workspace, { format, out });
  const { parts: { preprocessing } } = await resumeRun(workspace);
  const geometry = JSON.stringify(preprocessing.geometry);
  return { work: workspace.root, model: join(out, file), geometry };
}

/** Starts this server. */
export function startOurs(
  { work }: LoadedModel,
  flags: readonly string[],
): Promise<LoadedServer> {
  const own = ["--work", work, "--port", "0", "--engine", "cpu", "--quiet"];
  return start("headstart", [
    "-P=serve",
    "--v8-flags=--max-semi-space-size=16",
    "tasks/confined.ts",
    "serve",
    ...own,
    ...flags,
  ], {
    classify: "/api/classify",
    metrics: "/metrics",
  });
}

/** Starts the least server. */
export function startLeast(
  { model, geometry }: LoadedModel,
): Promise<LoadedServer> {
  const file = "tests/bench/runners/onnx_server.ts";
  const rights = [
    "--allow-read",
    "--allow-env",
    "--allow-ffi",
    "--allow-net=127.0.0.1",
  ];
  return start("onnxruntime-node", [...rights, file, model, geometry], {
    classify: "/",
    metrics: "/",
  });
}

/** What came of some load. */
export interface LoadResult {
  /** How long it lasted. */
  seconds: number;
  /** Answers of any status. */
  answers: number;
  /** Answers by status. */
  statuses: Record<string, number>;
  /** Requests without an answer. */
  errors: number;
  /** The same, by what went wrong. */
  failures: Record<string, number>;
  /** Median time of an answer, in milliseconds. */
  p50: number | null;
  /** Time that 95 of 100 answers did not exceed, in milliseconds. */
  p95: number | null;
  /** Time that 99 of 100 answers did not exceed, in milliseconds. */
  p99: number | null;
}

/** Sends a photo to a server for some time. */
export async function sendLoad(
  { url }: LoadedServer,
  options: { connections: number; seconds: number; photo: string },
): Promise<LoadResult> {
  const { connections, seconds, photo } = options;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--config=tests/bench/deno.json",
      "-A",
      "tests/bench/peers/load_client.ts",
      url,
      String(connections),
      String(seconds),
      photo,
    ],
    cwd: ROOT,
    stdin: "null",
  }).output();
  const text = new TextDecoder().decode(stdout);
  if (code === 0) return JSON.parse(text.trim().split("\n").at(-1)!);
  throw new Error(
    `Cannot load ${url}: ${new TextDecoder().decode(stderr).slice(0, 500)}`,
  );
}
