/** Serving runs (an edge): no code of the server loads before it is started. */

import type { Workspace } from "../run/workspace.ts";
import type { RunningServer, ServeOptions } from "./serve_options.ts";

/**
 * Serves runs that are trained.
 *
 * @param workspace The work directory; nothing is written.
 * @returns The server; stop it with `await using`.
 * @throws {RangeError} If `runs` is empty.
 * @throws {MissingArtifactError} If there is no such run, or it is not trained to its end.
 * @throws {ConfigError} If the weights of a backbone are gone.
 * @throws {BackendUnavailableError} If no engine runs a backbone.
 */
export async function serve(
  workspace: Workspace,
  options: ServeOptions = {},
): Promise<RunningServer> {
  const { startServer } = await import("./start_server.ts");
  return await startServer(workspace, options);
}
