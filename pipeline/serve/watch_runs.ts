/**
 * Watching runs: one that is trained anew is loaded, and takes the place of the old one.
 */

import type { AppParts } from "./app_parts.ts";
import type { ServedModel } from "./served_model.ts";

/** What is watched, and how. */
export interface WatchOptions
  extends Pick<AppParts, "catalogue" | "metrics" | "log"> {
  /** Names the version of a run that could be loaded; `undefined` if there is none. */
  findVersion: (run: string) => Promise<string | undefined>;
  /** Loads a run. */
  load: (run: string) => Promise<ServedModel>;
}

/**
 * Looks once whether runs were made anew, and loads those.
 *
 * What cannot be loaded is told once, and the old one stays.
 *
 * @param refused Versions that could not be loaded, by run; it is updated.
 */
export async function refreshRuns(
  options: WatchOptions,
  refused: Map<string, string>,
): Promise<void> {
  const { catalogue, metrics, log, findVersion, load } = options;
  for (const run of catalogue.names) {
    let version: string | undefined;
    try {
      version = await findVersion(run);
      const known = [catalogue.get(run).version, refused.get(run)];
      if (version === undefined || known.includes(version)) continue;
      catalogue.replace(await load(run));
      refused.delete(run);
      metrics.countReload(run, "ok");
      log({ level: "info", event: "reload", run });
    } catch (error) {
      const { message } = error as Error;
      const known = refused.get(run);
      refused.set(run, version ?? message);
      if (known === (version ?? message)) continue;
      metrics.countReload(run, "failed");
      log({ level: "error", event: "reload-failed", run, message });
    }
  }
}

/**
 * Watches runs until it is disposed of.
 *
 * @param milliseconds Time from one look to the next.
 * @returns Ends the watch; a look that is under way is waited for.
 */
export function watchRuns(
  options: WatchOptions,
  milliseconds: number,
): AsyncDisposable {
  const refused = new Map<string, string>();
  let look = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const plan = () => {
    if (isOver) return;
    timer = setTimeout(() => {
      look = refreshRuns(options, refused).then(plan);
    }, milliseconds);
  };
  plan();
  return {
    async [Symbol.asyncDispose]() {
      isOver = true;
      clearTimeout(timer);
      await look;
    },
  };
}
