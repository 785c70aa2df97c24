/**
 * Who holds a lock, as its file says (an edge: it asks for the name of the machine).
 */

import { basename, fromFileUrl } from "../path.ts";

/** Bytes of a lock file that are read at most. */
export const MAX_BYTES = 4096;

/** Characters of a command that are kept. */
const MAX_COMMAND = 200;

/** Who holds a lock. */
interface Holder {
  pid: number;
  /** Name of the machine; empty where it may not be asked for. */
  host: string;
  /** The program and its arguments. */
  command: string;
  /** When it took the lock, as ISO 8601. */
  since: string;
}

/** Returns the name of this machine, or nothing where the program may not ask for it. */
function hostName(): string {
  const query = { name: "sys", kind: "hostname" } as const;
  const { state } = Deno.permissions.querySync(query);
  return state === "granted" ? Deno.hostname() : "";
}

/** Describes this process. */
export function thisProcess(): Holder {
  const { args, pid } = Deno;
  // A worker has none; the tasks run in workers, and their first argument is their name.
  const main = Deno.mainModule as string | undefined;
  const program = main?.startsWith("file:")
    ? basename(fromFileUrl(main))
    : main === undefined
    ? "deno task"
    : "deno";
  const command = [program, ...args].join(" ").slice(0, MAX_COMMAND);
  return { pid, host: hostName(), command, since: new Date().toISOString() };
}

/** Reads who wrote into a lock file; `undefined` if nobody did. */
export function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, command, since } = JSON.parse(text);
    const isHolder = Number.isInteger(pid) &&
      [host, command, since].every((part) => typeof part === "string");
    return isHolder ? { pid, host, command, since } : undefined;
  } catch {
    // Empty, or written by another program.
    return undefined;
  }
}

/** Whether a task runs on another machine; without names of both, the lock of the system tells. */
export function isElsewhere({ host }: Holder): boolean {
  const own = hostName();
  return host !== "" && own !== "" && host !== own;
}

/** Says who holds a lock file, as far as it tells: the end of a sentence. */
export async function describeHolder(path: string): Promise<string> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return formatHolder(text.slice(0, MAX_BYTES));
}

/** Says who wrote the text of a lock: the end of a sentence. */
export function formatHolder(text: string): string {
  const holder = parseHolder(text);
  if (holder === undefined) {
    return "another program, which does not say its name";
  }
  const { pid, host, command, since } = holder;
  return `process ${pid}${host && ` on ${host}`}, ${command}, since ${since}`;
}

/** Says whether a lock file names a task of another machine. */
export async function isHeldElsewhere(path: string): Promise<boolean> {
  const text = await Deno.readTextFile(path).catch(() => "");
  const holder = parseHolder(text.slice(0, MAX_BYTES));
  return holder !== undefined && isElsewhere(holder);
}
