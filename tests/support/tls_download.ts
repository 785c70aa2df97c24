/**
 * Downloads a file, in a process of its own that a test can kill.
 *
 * Prints the bytes that are there after each piece, a line each, and at last the
 * bytes fetched or the message of the error. Run it with the address and the path.
 *
 * @module
 */

// deno-lint-ignore-file no-console

import { fromFileUrl } from "@std/path";
import { download } from "../../pipeline/weights/download.ts";
import { fixturePath } from "./tls_files.ts";

/** How a process is started. */
export interface ProcessOptions {
  /** Where the process may connect to. */
  net: string;
  /** Command that runs the rest of the line, such as `unshare`. */
  prefix?: string[];
  /** Variables of the environment. */
  env?: Record<string, string>;
}

/**
 * Starts a download in a process of its own.
 *
 * @param url Address of the file.
 * @param target Path of the finished file.
 * @param options How it is started.
 * @returns The process; its output is piped.
 */
export function startDownload(
  url: string,
  target: string,
  options: ProcessOptions,
): Deno.ChildProcess {
  const [command, ...args] = [
    ...options.prefix ?? [],
    Deno.execPath(),
    "run",
    "--no-prompt",
    "--cached-only",
    "--allow-read",
    "--allow-write",
    `--allow-net=${options.net}`,
    `--cert=${fixturePath("ca.pem")}`,
    fromFileUrl(import.meta.url),
    url,
    target,
  ];
  return new Deno.Command(command!, {
    args,
    // Its own look for updates would go through the proxy too.
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...options.env },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
}

if (import.meta.main) {
  const [url = "", target = ""] = Deno.args;
  const { signal } = new AbortController();
  const onProgress = (event: { receivedBytes: number }) =>
    console.log(event.receivedBytes);
  try {
    const options = { signal, onProgress };
    const fetchedBytes = await download({ url }, target, options);
    console.log(`fetched ${fetchedBytes}`);
  } catch (error) {
    console.log((error as Error).message);
  }
}
