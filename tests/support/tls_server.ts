/**
 * An https server on 127.0.0.1, for tests that fetch.
 *
 * @module
 */

import { fixturePath } from "./tls_files.ts";

/** A server that stops when it is disposed of. */
export interface TlsServer extends AsyncDisposable {
  /** Its address without a path. */
  readonly origin: string;
  /** Trusts it; speaks HTTP/1.1, so that a body that is cut arrives up to the cut. */
  readonly client: Deno.HttpClient;
  /** Requests so far. */
  readonly requests: Request[];
}

/** Answers a request; `count` is how many there were before. */
export type Answer = (
  request: Request,
  count: number,
) => Response | Promise<Response>;

/**
 * Starts a server.
 *
 * @param answer Answers the requests.
 * @returns The server; hold it with `await using`.
 */
export async function tlsServer(answer: Answer): Promise<TlsServer> {
  const read = (name: string) => Deno.readTextFile(fixturePath(name));
  const requests: Request[] = [];
  const controller = new AbortController();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    cert: await read("server.pem"),
    key: await read("server.key"),
    signal: controller.signal,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, (request) => {
    requests.push(request);
    return answer(request, requests.length - 1);
  });
  const caCerts = [await read("ca.pem")];
  const client = Deno.createHttpClient({ caCerts, http2: false });
  return {
    origin: `https://127.0.0.1:${server.addr.port}`,
    client,
    requests,
    async [Symbol.asyncDispose]() {
      client.close();
      controller.abort();
      await server.finished;
    },
  };
}

/** How a file is served. */
export interface ServeOptions {
  /** Headers of the response; `etag` decides over `if-range`. */
  headers?: Record<string, string>;
  /** Whether ranges are understood; they are by default. */
  ranges?: boolean;
  /** Bytes of the body after which the connection is cut. */
  cutAfter?: number;
  /** Bytes of the body after which nothing comes any more. */
  stallAfter?: number;
  /** Whether the length is announced; it is by default. */
  length?: boolean;
}

/** Bytes that are sent at a time. */
const PIECE_BYTES = 16 * 1024;

/** Sends bytes, up to where it is cut or stalls. */
function bodyOf(bytes: Uint8Array, options: ServeOptions): ReadableStream {
  const { cutAfter = Infinity, stallAfter = Infinity } = options;
  const last = Math.min(cutAfter, stallAfter, bytes.length);
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent < last) {
        const end = Math.min(sent + PIECE_BYTES, last);
        controller.enqueue(bytes.slice(sent, end));
        sent = end;
        return;
      }
      if (stallAfter <= sent) return new Promise(() => {});
      if (cutAfter <= sent) controller.error(new Error("cut"));
      else controller.close();
      return;
    },
  }, { highWaterMark: 0 });
}

/**
 * Serves a file as a server that knows `Range` and `If-Range` does.
 *
 * @param request The request.
 * @param bytes The file.
 * @param options How it is served.
 * @returns The response.
 */
export function serveBytes(
  request: Request,
  bytes: Uint8Array,
  options: ServeOptions = {},
): Response {
  const { headers = {}, ranges = true, length = true } = options;
  const range = /^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "");
  const ifRange = request.headers.get("if-range");
  const validators = [null, headers["etag"], headers["last-modified"]];
  const isPart = ranges && range !== null && validators.includes(ifRange!);
  const start = isPart ? Number(range[1]) : 0;
  const size = bytes.length;
  if (start >= size) {
    const contentRange = `bytes */${size}`;
    return new Response(null, {
      status: 416,
      headers: { ...headers, "content-range": contentRange },
    });
  }
  return new Response(bodyOf(bytes.subarray(start), options), {
    status: isPart ? 206 : 200,
    headers: {
      ...headers,
      ...(length && { "content-length": `${size - start}` }),
      ...(isPart && { "content-range": `bytes ${start}-${size - 1}/${size}` }),
    },
  });
}
