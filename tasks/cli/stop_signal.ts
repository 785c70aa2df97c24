/** Signals that ask a task to stop. */

import { exit } from "./exit.ts";
import type { Reporter } from "./reporter.ts";

/**
 * Time in which a second signal is taken for the first: the terminal sends
 * Ctrl-C to `deno task` and to the program, and `deno task` passes it on again.
 */
const ONE_KEY_MS = 500;

/**
 * Time from SIGTERM to the end of a task that continues when it is run again. Schedulers
 * send SIGKILL after 30 s, and a busy machine is late; a shard that takes longer is left,
 * and made again.
 */
const TERM_MS = 10_000;

/** How a task stops. */
interface StopOptions {
  /** Whether it says itself that it stops. */
  tellsStop?: boolean;
  /** Whether running it again continues. */
  resumes?: boolean;
}

/**
 * Lets the first Ctrl-C or SIGTERM ask for a stop, and the second end the process.
 */
export function listenForStop(
  reporter: Reporter,
  { tellsStop = false, resumes = false }: StopOptions,
): { signal: AbortSignal; close: () => void } {
  const controller = new AbortController();
  let first: number | undefined;
  let leaving: ReturnType<typeof setTimeout> | undefined;
  const onSignal = () => {
    if (first !== undefined) {
      if (Date.now() - first <= ONE_KEY_MS) return;
      // The bar hides the cursor and turns wrapping off.
      reporter.stop();
      return exit(130);
    }
    first = Date.now();
    if (!tellsStop) {
      const when = resumes ? " after the current shard or epoch" : "";
      reporter.note(`stopping${when}; Ctrl-C again stops at once`);
    }
    controller.abort();
  };
  const onTerm = () => {
    const leave = () => {
      reporter.stop();
      exit(130);
    };
    if (resumes) leaving ??= setTimeout(leave, TERM_MS);
    onSignal();
  };
  const listeners: [Deno.Signal, () => void][] = [["SIGINT", onSignal]];
  if (Deno.build.os !== "windows") listeners.push(["SIGTERM", onTerm]);
  for (const [name, heed] of listeners) Deno.addSignalListener(name, heed);
  const close = () => {
    clearTimeout(leaving);
    for (const [name, heed] of listeners) Deno.removeSignalListener(name, heed);
  };
  return { signal: controller.signal, close };
}
