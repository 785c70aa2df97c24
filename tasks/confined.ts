/**
 * Starts a task in a thread that may do what its command line needs, and no more.
 *
 * Deno can take a permission back as a whole only, not a part of it; but a worker can
 * be started with a part. So this thread, which has the permissions of the task in
 * `deno.json`, reads the command line and nothing from anybody else, and loads none of
 * the code that does. It starts the workers that the thread asks for: those of this
 * package, with the permissions of workers.
 */

import { WorkerHost } from "../pipeline/workers/hosted.ts";
import { confine } from "./cli/confine.ts";

/** Time for the thread to end by itself; one of its decoders may hang, and would keep it. */
const PATIENCE_MS = 500;

if (import.meta.main) {
  const [task = "", ...args] = Deno.args;
  const permissions = confine(task, args);
  const worker = new Worker(new URL(`./${task}.ts`, import.meta.url), {
    type: "module",
    deno: { permissions },
  });
  const host = new WorkerHost(permissions.ffi !== false);
  worker.onmessage = ({ data }) => {
    if (typeof data !== "number") return host.start(data);
    worker.onmessage = null;
    Deno.exitCode = data;
    host[Symbol.dispose]();
    Deno.unrefTimer(setTimeout(() => Deno.exit(), PATIENCE_MS));
  };
}
