/**
 * What a task may touch besides its work directory, each with the reason.
 *
 * @module
 */

import { join } from "@std/path";
import type { Trace } from "../support/strace.ts";

/**
 * Folders that may be written besides the work directory.
 *
 * The last is that of Mesa, whose drivers keep compiled shaders for every program
 * that uses the GPU: code of ours and no data of the user's.
 */
function caches(env: Record<string, string>): string[] {
  const { DENO_DIR, XDG_CACHE_HOME } = env;
  return [
    DENO_DIR!,
    join(XDG_CACHE_HOME!, "headstart"),
    join(XDG_CACHE_HOME!, "mesa_shader_cache"),
    join(XDG_CACHE_HOME!, "mesa_shader_cache_db"),
  ];
}

/** Where Mesa looks for the display of this machine before it opens a GPU. */
function display({ XDG_RUNTIME_DIR }: Record<string, string>): string {
  return `{sa_family=AF_UNIX, sun_path="${XDG_RUNTIME_DIR}/wayland-0"}`;
}

/** The address that a server on this machine alone listens on. */
const LOOPBACK =
  /^\{sa_family=AF_INET, .*sin_addr=inet_addr\("127\.0\.0\.1"\)\}$/;

/** Where `sh` and `tar`, which `build` tries its program with, ask this machine for names of users. */
const NAME_SERVICE = '{sa_family=AF_UNIX, sun_path="/var/run/nscd/socket"}';

/** A temporary folder of Deno, such as the one in which `build` tries its program. */
const SCRATCH = /^\/[0-9a-f]+(\/|$)/;

/** Where a program ran. */
export interface Place {
  /** Its environment, of which `freshHome()` made the folders. */
  env: Record<string, string>;
  /** The work directory, or the only file of its own. */
  work: string;
  /** The task, if it is one. */
  task?: string;
}

/** Leaves out what a program may do. */
export function outside({ files, addresses }: Trace, place: Place): Trace {
  const { env, work, task } = place;
  const folders = [work, ...caches(env)];
  const temporary = env.TMPDIR!;
  const mayWrite = (path: string) =>
    folders.some((folder) =>
      path === folder || path.startsWith(`${folder}/`)
    ) ||
    task === "build" && path.startsWith(temporary) &&
      SCRATCH.test(path.slice(temporary.length));
  const mayReach = (address: string) =>
    address === display(env) ||
    task === "serve" && LOOPBACK.test(address) ||
    task === "build" && address === NAME_SERVICE;
  return {
    files: files.filter((path) => !mayWrite(path)),
    addresses: addresses.filter((address) => !mayReach(address)),
  };
}
