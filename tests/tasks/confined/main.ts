/**
 * Starts the probe as `tasks/confined.ts` starts a task, or as `startWorker()` starts a
 * worker; prints what was refused.
 *
 * @module
 */

import { confine } from "../../../tasks/cli/confine.ts";
import {
  narrowWorkers,
  workerPermissions,
} from "../../../pipeline/workers/permissions.ts";

const [places, task = "", ...args] = Deno.args;
const module = new URL("./probe.ts", import.meta.url);
module.searchParams.set("in", places!);
if (task.startsWith("worker")) narrowWorkers();
const permissions = task.startsWith("worker")
  ? workerPermissions(task === "worker native")
  : confine(task, args);
const worker = new Worker(module, {
  type: "module",
  deno: { permissions: permissions! },
});
worker.onmessage = ({ data }) => {
  // deno-lint-ignore no-console
  console.log(JSON.stringify(data));
  Deno.exit();
};
