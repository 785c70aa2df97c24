/**
 * An exported page on a plain host of files.
 *
 * @module
 */

import { extname, join } from "@std/path";
import {
  evaluate,
  exportRun,
  loadClassifier,
  openWorkspace,
  prepare,
  readWorkspace,
  train,
} from "../../mod.ts";

/** Types of files, as hosts know them. */
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".css": "text/css",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** A folder that is served below a path, as hosts of projects do. */
export interface FileHost extends AsyncDisposable {
  /** Address of the folder. */
  address: string;
  /** What was asked for. */
  asked: string[];
}

/** Serves a folder, without any header but the type. */
export function hostFiles(folder: string): FileHost {
  const asked: string[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      const path = pathname.replace(/^\/some\/where\//, "") || "index.html";
      try {
        const bytes = await Deno.readFile(join(folder, path));
        const type = TYPES[extname(path)] ?? "application/octet-stream";
        return new Response(bytes, { headers: { "Content-Type": type } });
      } catch {
        return new Response("", { status: 404 });
      }
    },
  );
  return {
    address: `http://127.0.0.1:${server.addr.port}/some/where/`,
    asked,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Trains and evaluates a run, and exports its page; returns the work directory and the folder. */
export async function exportPage(
  directory: string,
): Promise<{ work: string; folder: string }> {
  const work = join(directory, "work");
  using workspace = await openWorkspace(work);
  await prepare(workspace, { settings: { test: 0.2, orientation: "apply" } });
  await train(workspace, { settings: { epochs: 12, engine: "cpu" } });
  await evaluate(workspace, { report: false });
  const folder = join(directory, "page");
  await exportRun(workspace, { format: "web", out: folder });
  return { work, folder };
}

/** What the run itself says of photos: probabilities by class. */
export async function classifyAll(
  work: string,
  paths: readonly string[],
): Promise<Map<string, number>[]> {
  await using classifier = await loadClassifier(readWorkspace(work));
  const results = classifier.classifyMany(paths, { topK: 5 });
  return await Array.fromAsync(results, (result) => {
    if ("error" in result) throw new Error(result.error);
    return new Map(
      result.top.map(({ class: name, probability }) => [name, probability]),
    );
  });
}
