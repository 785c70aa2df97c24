/**
 * Starts a task in a thread that may do what its command line needs, and no more.
 *
 * Deno can take a permission back as a whole only, not a part of it; but a worker can
 * be started with a part. So this thread, which has the permissions of the task in
 * `deno.json`, reads the command line and nothing from anybody else, and loads none of
 * the code that does.
 */

import { confine } from "./cli/confine.ts";

/** Time for the thread to end by itself; one of its decoders may hang, and would keep it. */
const PATIENCE_MS = 500;

if (import.meta.main) {
  const [task = "", ...args] = Deno.args;
  const worker = new Worker(new URL(`./${task}.ts`, import.meta.url), {
    type: "module",
    deno: { permissions: confine(task, args) },
  });
  worker.onmessage = ({ data: code }) => {
    Deno.exitCode = code;
    Deno.unrefTimer(setTimeout(() => Deno.exit(), PATIENCE_MS));
  };
}
