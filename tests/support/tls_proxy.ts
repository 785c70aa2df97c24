/**
 * A proxy on 127.0.0.1 that knows `CONNECT` only.
 *
 * @module
 */

/** A proxy that stops when it is disposed of. */
export interface ConnectProxy extends AsyncDisposable {
  /** Its address. */
  readonly origin: string;
  /** Hosts that were asked for. */
  readonly targets: string[];
}

/** Carries bytes both ways until one side ends. */
async function carry(client: Deno.TcpConn, targets: string[]): Promise<void> {
  using _client = client;
  const head = new Uint8Array(4096);
  const count = await client.read(head) ?? 0;
  const line = new TextDecoder().decode(head.subarray(0, count));
  const host = /^CONNECT (\S+) HTTP/.exec(line)?.[1] ?? "";
  targets.push(host);
  const { port } = new URL(`https://${host}`);
  using server = await Deno.connect({
    hostname: "127.0.0.1",
    port: Number(port),
  });
  await client.write(new TextEncoder().encode("HTTP/1.1 200 OK\r\n\r\n"));
  const keep = { preventClose: true, preventAbort: true, preventCancel: true };
  const there = client.readable.pipeTo(server.writable, keep);
  const back = server.readable.pipeTo(client.writable, keep);
  await Promise.race([there, back]).catch(() => {});
}

/**
 * Starts a proxy.
 *
 * @returns The proxy; hold it with `await using`.
 */
export function connectProxy(): ConnectProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const targets: string[] = [];
  const tunnels: Promise<void>[] = [];
  const served = (async () => {
    for await (const client of listener) {
      tunnels.push(carry(client, targets).catch(() => {}));
    }
  })();
  return {
    origin: `http://127.0.0.1:${listener.addr.port}`,
    targets,
    async [Symbol.asyncDispose]() {
      listener.close();
      await served;
      await Promise.all(tunnels);
    },
  };
}
