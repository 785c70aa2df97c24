/**
 * What a program does to files and to the network, native code and child processes
 * included, as `strace` sees it.
 *
 * @module
 */

import { resolve } from "@std/path";

/** System calls that create, write or remove files by their paths. */
const FILE_CALLS = [
  ..."open openat openat2 creat truncate mkdir mkdirat mknod mknodat".split(
    " ",
  ),
  ..."rename renameat renameat2 link linkat symlink symlinkat".split(" "),
  ..."unlink unlinkat rmdir".split(" "),
];

/** System calls that reach another program or machine. */
const NETWORK_CALLS = "connect bind sendto sendmsg sendmmsg".split(" ");

/** A way to read, write and send that `strace` cannot look into. */
const HIDING_CALL = "io_uring_setup";

/** What a program did. */
export interface Trace {
  /** Absolute paths that it created, wrote or removed, or tried to. */
  files: string[];
  /** Addresses that it connected to, bound or sent to, as `strace` prints them, or tried to. */
  addresses: string[];
}

/** The paths in the arguments of a call. */
function pathsOf(call: string, args: string, cwd: string): string[] {
  const isOpen = /^open/.test(call);
  if (isOpen && !/\bO_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)\b/.test(args)) {
    return [];
  }
  const found = args.matchAll(
    /(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"/g,
  );
  const paths = [...found].map(([, folder = cwd, path]) =>
    resolve(folder, path!)
  );
  // What a link leads to is not touched.
  return /link(at)?$/.test(call) && !call.startsWith("un")
    ? paths.slice(-1)
    : paths;
}

/**
 * Reads the log of `strace -f -y`.
 *
 * A call counts when it is made, whether or not it succeeds.
 *
 * @param log The log.
 * @param cwd Absolute path of the folder in which the program started.
 * @returns What the program did, each once.
 * @throws {Error} If the program used a way that the log does not show.
 */
export function readTrace(log: string, cwd: string): Trace {
  const files = new Set<string>();
  const addresses = new Set<string>();
  const lines = log.matchAll(
    /^\d+ +(?:(\w+)\(|<\.\.\. (\w+) resumed>)(.*)$/gm,
  );
  for (const [, begun, resumed, args = ""] of lines) {
    const call = begun ?? resumed!;
    if (call === HIDING_CALL) {
      throw new Error(`Cannot tell what a program does as it calls ${call}`);
    }
    if (begun && FILE_CALLS.includes(call)) {
      for (const path of pathsOf(call, args, cwd)) files.add(path);
    }
    if (!NETWORK_CALLS.includes(call)) continue;
    for (const [address] of args.matchAll(/\{sa_family=[^}]*\}/g)) {
      addresses.add(address);
    }
  }
  return { files: [...files], addresses: [...addresses] };
}

/** How {@linkcode watch} runs a program. */
export interface WatchOptions {
  /** Absolute path of the folder in which it starts. */
  cwd: string;
  /** Its whole environment. */
  env: Record<string, string>;
  /** Absolute path of the file for the log. */
  log: string;
  /** Lets each connection fail, so that nothing is sent. */
  isOffline?: boolean;
  /** Called with the first line that the program prints; then it is told to end. */
  visit?: (line: string) => Promise<void>;
}

/** Reads what a program prints; calls `visit` with its first line, and `stop` after that. */
async function readOutput(
  child: Deno.ChildProcess,
  visit: (line: string) => Promise<void>,
  stop: () => Promise<void>,
): Promise<string> {
  let output = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const isFirst = !output.includes("\n");
    output += text;
    if (!isFirst || !output.includes("\n")) continue;
    try {
      await visit(output.split("\n")[0]!);
    } finally {
      await stop();
    }
  }
  return output;
}

/** Tells the program of a log, whose process is the first there, to end. */
async function terminate(log: string): Promise<void> {
  Deno.kill(parseInt(await Deno.readTextFile(log)), "SIGTERM");
}

/**
 * Runs a program and watches it, its threads and its child processes.
 *
 * @param command The program and its arguments.
 * @param options How to run it.
 * @returns What it did, its exit code, and what it printed.
 */
export async function watch(
  command: readonly string[],
  options: WatchOptions,
): Promise<Trace & { code: number; output: string }> {
  const { cwd, env, log, isOffline = false, visit } = options;
  const calls = [...FILE_CALLS, ...NETWORK_CALLS, HIDING_CALL];
  const offline = ["-e", "inject=connect,sendmsg,sendmmsg:error=ENETUNREACH"];
  const child = new Deno.Command("strace", {
    args: [
      // The program stops at these calls alone, and not at every one.
      ..."-f --seccomp-bpf -qq -y -e signal=none".split(" "),
      ...["-e", `trace=${calls.map((call) => `?${call}`)}`],
      ...isOffline ? offline : [],
      ...["-o", log, ...command],
    ],
    cwd,
    env,
    clearEnv: true,
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [{ code }, stdout, stderr] = await Promise.all([
    child.status,
    visit
      ? readOutput(child, visit, () => terminate(log))
      : new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  const trace = readTrace(await Deno.readTextFile(log), cwd);
  return { ...trace, code, output: stdout + stderr };
}

/** Says whether there is a `strace` that may watch programs. */
export async function hasStrace(): Promise<boolean> {
  if (Deno.build.os !== "linux") return false;
  try {
    const args = ["-f", "--seccomp-bpf", "-o", "/dev/null", "true"];
    const command = new Deno.Command("strace", { args, stderr: "null" });
    return (await command.output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
