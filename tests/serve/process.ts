/**
 * `deno task serve` as a program.
 *
 * @module
 */

import { taskCommand } from "../e2e/support.ts";

/** A server that runs in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  /** The first line of standard output. */
  readonly address: string;
  /** Its port. */
  readonly port: number;
  /** Lines of the log so far. */
  readonly log: Record<string, unknown>[];
  /** Sends a signal, and waits for the end; returns the exit code. */
  stop(signal?: Deno.Signal): Promise<number>;
}

/** Reads lines as they come. */
async function* lines(stream: ReadableStream<Uint8Array>) {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const all = (rest + text).split("\n");
    rest = all.pop()!;
    yield* all;
  }
}

/** Starts a server on any port, and waits until it listens. */
export async function startProcess(
  work: string,
  args: readonly string[] = [],
): Promise<ServerProcess> {
  const own = ["--work", work, "--port", "0", "--engine", "cpu"];
  const child = taskCommand("serve", [...own, ...args]).spawn();
  const log: Record<string, unknown>[] = [];
  const texts: string[] = [];
  const heard = (async () => {
    for await (const line of lines(child.stderr)) {
      texts.push(line);
      if (line.startsWith("{")) log.push(JSON.parse(line));
    }
  })();
  const output = lines(child.stdout);
  const { value: address } = await output.next();
  // What follows is read to its end, which must be there at once.
  const rest = Array.fromAsync(output);
  if (typeof address !== "string") {
    await Promise.all([heard, child.status]);
    throw new Error(`The server does not start: ${texts.join("\n")}`);
  }
  let ended: Promise<number> | undefined;
  const stop = (signal: Deno.Signal = "SIGTERM") =>
    ended ??= (async () => {
      child.kill(signal);
      const { code } = await child.status;
      const more = await rest;
      await heard;
      if (more.length > 0) throw new Error(`It printed ${more.join("\n")}`);
      return code;
    })();
  return {
    address,
    port: Number(new URL(address).port),
    log,
    stop,
    [Symbol.asyncDispose]: async () => void await stop(),
  };
}

/** Bytes of memory that a server says it holds. */
export async function residentBytes(address: string): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text();
  return Number(/^process_resident_memory_bytes (.+)$/m.exec(text)![1]);
}

/** Sends bytes on a connection of its own, and reads what comes until it is closed or enough is there. */
export async function sendRaw(
  port: number,
  parts: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const encoder = new TextEncoder();
  const writing = (async () => {
    for await (const part of parts) {
      const bytes = typeof part === "string" ? encoder.encode(part) : part;
      for (let start = 0; start < bytes.length;) {
        start += await connection.write(bytes.subarray(start));
      }
    }
    // The server may close the connection before it has read everything.
  })().catch(() => {});
  let text = "";
  const buffer = new Uint8Array(65536);
  const decoder = new TextDecoder();
  while (!isWhole(text)) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) break;
    text += decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  try {
    connection.close();
  } catch {
    // It is closed.
  }
  await writing;
  return text;
}

/** Whether a response has come with its whole body. */
function isWhole(text: string): boolean {
  const [head, body] = text.split("\r\n\r\n", 2);
  const length = /^content-length: (\d+)/im.exec(head ?? "")?.[1];
  return body !== undefined && length !== undefined &&
    new TextEncoder().encode(body).length >= Number(length);
}
