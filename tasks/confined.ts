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

/**
 * Time for all threads to end by themselves after work that is done. As its thread ends,
 * the driver of a GPU is unloaded, and crashes if the process exits meanwhile: that may
 * take a second on a busy machine. A decoder that hangs never ends, and who stops a
 * server may kill it after 10 s, in which it answers what it has taken.
 */
const PATIENCE_MS = 3000;

/** The same after work that failed or was stopped: workers may be busy. */
const STOP_MS = 500;

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
    const leave = () => Deno.exit();
    Deno.unrefTimer(setTimeout(leave, data === 0 ? PATIENCE_MS : STOP_MS));
  };
}
