/**
 * A bad connection to a server: some requests are answered with 503 or 429, some
 * connections are slow, and all of them are cut some time.
 *
 * @module
 */

import { integers } from "../support/random.ts";

/** What can be wrong with a connection. */
const FATES = ["busy", "cut", "cut while sending", "slow"] as const;

/** What is wrong with a connection. */
type Fate = typeof FATES[number];

/** A proxy on this machine. */
export interface FaultyProxy extends AsyncDisposable {
  /** Host and port. */
  host: string;
  /** How many connections of each kind there were. */
  counts: Record<Fate, number>;
}

/** Most bytes that pass before a connection is cut. */
const MAX_BYTES = 2 ** 24;

/** Bytes that a slow connection passes at a time. */
const SLOW_BYTES = 2 ** 15;

/** Refuses a request, whatever it is. */
function refusal(status: number): Uint8Array {
  const body = `<Error><Code>SlowDown</Code></Error>`;
  return new TextEncoder().encode(
    `HTTP/1.1 ${status} Busy\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );
}

/** Writes all of some bytes. */
async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let start = 0; start < bytes.length;) {
    start += await conn.write(bytes.subarray(start));
  }
}

/** Passes bytes on, until there are none or enough have passed. */
async function pass(
  from: Deno.Conn,
  to: Deno.Conn,
  options: { most: number; isSlow: boolean },
): Promise<void> {
  const bytes = new Uint8Array(options.isSlow ? SLOW_BYTES : 2 ** 17);
  let left = options.most;
  while (left > 0) {
    const count = await from.read(bytes);
    if (count === null) return;
    await writeAll(to, bytes.subarray(0, Math.min(count, left)));
    left -= count;
    if (options.isSlow) await new Promise((done) => setTimeout(done, 5));
  }
}

/** Closes a connection that may be closed. */
function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // The other side was first.
  }
}

/** Draws fates without end: each of them once in every four. */
function* drawFates(draw: (limit: number) => number): Generator<Fate, never> {
  for (;;) {
    const left = [...FATES];
    while (left.length > 0) yield left.splice(draw(left.length), 1)[0]!;
  }
}

/**
 * Starts a proxy.
 *
 * @param port Port of the server behind it.
 * @param seed Seed of what is wrong.
 */
export function startProxy(port: number, seed: number): FaultyProxy {
  const draw = integers(seed);
  const fates = drawFates(draw);
  const counts = Object.fromEntries(FATES.map((fate) => [fate, 0])) as Record<
    Fate,
    number
  >;
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const serve = async (client: Deno.Conn) => {
    const fate = fates.next().value;
    counts[fate]++;
    if (fate === "busy") {
      await client.read(new Uint8Array(2 ** 16));
      await writeAll(client, refusal(draw(2) ? 503 : 429));
      return;
    }
    using server = await Deno.connect({ hostname: "127.0.0.1", port });
    const isSlow = fate === "slow";
    // Small answers are cut as well as large ones.
    const few = 2 ** (8 + draw(14));
    const sent = fate === "cut while sending" ? few : 2 ** 30;
    const received = fate === "cut" ? few : MAX_BYTES;
    await Promise.race([
      pass(client, server, { most: sent, isSlow }),
      pass(server, client, { most: received, isSlow }),
    ]);
  };
  const accept = async () => {
    for await (const client of listener) {
      open.add(client);
      serve(client).catch(() => {}).finally(() => {
        open.delete(client);
        close(client);
      });
    }
  };
  const accepting = accept();
  return {
    host: `127.0.0.1:${listener.addr.port}`,
    counts,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const client of open) close(client);
      await accepting;
      // What was under way notices that its connection is closed.
      while (open.size > 0) await new Promise((done) => setTimeout(done, 10));
    },
  };
}
