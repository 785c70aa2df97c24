/** Listening on a port (an edge), and stopping without losing an answer. */

import type { App } from "./app.ts";

/** Where and how to listen. */
export interface ListenOptions {
  /** Address of this machine. */
  address: string;
  /** Port; 0 for any. */
  port: number;
  /** Certificate and key as PEM, for TLS. */
  tls?: { cert: string; key: string } | undefined;
  /** Longest time that answers are waited for when the server stops, in milliseconds. */
  drainMs: number;
}

/** A port that is listened on. */
export interface Listener {
  /** Address for people and programs. */
  readonly address: string;
  /** Waits until the requests that were taken are answered, and listens no more. */
  drain(): Promise<void>;
}

/** Time for connections to close by themselves when all is answered. */
const LINGER_MS = 100;

/** Waits. */
function wait(milliseconds: number) {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  return { promise, clear: () => clearTimeout(timer) };
}

/** Writes an address as a URL has it. */
function toUrl(scheme: string, { hostname, port }: Deno.NetAddr): string {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return `${scheme}://${host}:${port}`;
}

/** Listens. */
export function listen(app: App, options: ListenOptions): Listener {
  const { address: hostname, port, tls, drainMs } = options;
  const underWay = new Set<Promise<unknown>>();
  const server = Deno.serve({
    hostname,
    port,
    ...tls,
    onListen: () => {},
  }, async (request, info) => {
    // Until the last byte of the answer is sent, or the client has gone.
    const isSent = () => void underWay.delete(sent);
    const sent = info.completed.then(isSent, isSent);
    underWay.add(sent);
    return await app(request);
  });
  return {
    address: toUrl(tls ? "https" : "http", server.addr as Deno.NetAddr),
    async drain() {
      const late = wait(drainMs);
      // What comes meanwhile is refused: Deno's shutdown cuts off bodies that still come in.
      await Promise.race([Promise.all(underWay), late.promise]);
      let isClosed = false;
      const closed = server.shutdown().then(() => isClosed = true);
      // Requests may still come in on connections that were open.
      const answered = (async () => {
        while (underWay.size > 0) await Promise.all(underWay);
      })();
      await Promise.race([answered, late.promise]);
      late.clear();
      // Those who hold a connection open and ask nothing are not waited for.
      const linger = wait(LINGER_MS);
      await Promise.race([closed, linger.promise]);
      linger.clear();
      // Nor those who have sent half a body, whose connections Deno 2.9 cannot close.
      if (isClosed) await server.finished;
    },
  };
}
