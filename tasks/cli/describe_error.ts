/** What an error says to people. */

import { DiskError } from "../../pipeline/artifact/disk.ts";
import { shorten } from "../../pipeline/errors.ts";

/** Words of the system, in the order: what failed, its number, the call, the path. */
const SYSTEM =
  /([A-Z][^:"]*?) \(os error \d+\)(?:: ([a-z_]+) '([^']*)'(?: -> '([^']*)')?)?/;

/** Deno's words where a permission is missing. */
const PERMISSION = /^Requires (\w+) access to "(.*)", run again with/;

/** Calls that only read. */
const READS = /^(open|l?stat|readfile|readdir|scandir|realpath)$/;

/** Says in our words what Deno says of files. */
function translate(message: string): string {
  const permission = PERMISSION.exec(message);
  if (permission) {
    const [, access, path] = permission;
    return access === "all"
      ? `Cannot use "${path}": Deno lets a task neither read nor write there`
      : `Cannot use "${path}": the task has no permission to ${access} it`;
  }
  const system = SYSTEM.exec(message);
  if (system === null) return message;
  const [whole, words, call, path, target] = system as unknown as string[];
  const reason = words!.charAt(0).toLowerCase() + words!.slice(1);
  if (system.index > 0 || path === undefined) {
    return message.replace(whole!, reason);
  }
  if (target !== undefined) {
    const refused = `Cannot ${call} "${path}" to "${target}": ${reason}`;
    return message.replace(whole!, () => refused);
  }
  const verb = READS.test(call!) ? "open" : "write";
  return message.replace(whole!, () => `Cannot ${verb} "${path}": ${reason}`);
}

/** Says what went wrong, with the errors underneath. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return shorten(String(error));
  const { cause } = error;
  const message = translate(shorten(error.message));
  // What a disk said is in the message, in our words.
  if (error instanceof DiskError) return message;
  return cause instanceof Error && !error.message.includes(cause.message)
    ? shorten(`${message}: ${describeError(cause)}`)
    : message;
}
