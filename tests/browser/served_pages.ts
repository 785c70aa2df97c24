/**
 * Pages of servers to look at.
 *
 * @module
 */

import { fromFileUrl, join } from "@std/path";
import {
  evaluate,
  openWorkspace,
  prepare,
  type RunningServer,
  serve,
  type ServeOptions,
  train,
  type Workspace,
} from "../../mod.ts";

/** The photos that come with the program. */
export const PHOTOS: string = fromFileUrl(
  new URL("../../fixtures/images/val/", import.meta.url),
);

/** The token of the server that asks for one. */
export const TOKEN = "a token that is long enough";

const servers: RunningServer[] = [];
let trained: Promise<Workspace> | undefined;

/** Stops all servers. */
export async function stopServers(): Promise<void> {
  for (const server of servers) await server.stop();
}

/** Trains two runs, of which one is evaluated. */
async function trainRuns(directory: string): Promise<Workspace> {
  using workspace = await openWorkspace(join(directory, "served"));
  for (const run of ["default", "other"]) {
    await prepare(workspace, { run });
    await train(workspace, { run, settings: { epochs: 12, engine: "cpu" } });
  }
  await evaluate(workspace);
  return workspace;
}

/** Starts a server; returns its address. */
async function startServer(
  directory: string,
  options: ServeOptions,
): Promise<string> {
  const workspace = await (trained ??= trainRuns(directory));
  const server = await serve(workspace, { port: 0, ...options });
  servers.push(server);
  return server.address;
}

/** Serves one run. */
export function servePage(directory: string): Promise<string> {
  return startServer(directory, {});
}

/** Serves two runs, and is never sure. */
export function serveUnsure(directory: string): Promise<string> {
  return startServer(directory, { runs: ["default", "other"], threshold: 1 });
}

/** Serves a run to those who have the token. */
export function serveWithToken(directory: string): Promise<string> {
  return startServer(directory, { token: TOKEN });
}
