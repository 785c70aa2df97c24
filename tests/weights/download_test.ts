import { assert, assertEquals, assertRejects } from "@std/assert";
import { DownloadError } from "../../pipeline/weights/download_error.ts";
import { BYTES, SHA256, tlsCase } from "../support/tls_case.ts";
import { startDownload } from "../support/tls_download.ts";
import { serveBytes } from "../support/tls_server.ts";

const ETAG = { headers: { etag: '"1"' } };

Deno.test("download() fetches a file, reports progress and leaves nothing half", async () => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES));
  const received: number[] = [];
  const onProgress = (
    event: { receivedBytes: number; totalBytes: number | undefined },
  ) => {
    assertEquals(event.totalBytes, BYTES.length);
    received.push(event.receivedBytes);
  };
  const result = await it.get({ sha256: SHA256 }, { onProgress });
  assertEquals(result, {
    sizeBytes: BYTES.length,
    sha256: SHA256,
    fetchedBytes: BYTES.length,
  });
  assertEquals(await Deno.readFile(it.target), BYTES);
  assertEquals(received[0], 0);
  assertEquals(received.at(-1), BYTES.length);
  assertEquals(received, received.toSorted((a, b) => a - b));
  assertEquals(await it.files(), ["weights.pth", "weights.pth.lock"]);
});

Deno.test("download() asks for nothing when the file is there", async () => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES));
  await it.get();
  const again = await it.get();
  assertEquals(again.fetchedBytes, 0);
  assertEquals(again.sha256, SHA256);
  assertEquals(it.server.requests.length, 1);
});

Deno.test("download() continues what was cancelled at 30 %", async () => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES, ETAG));
  const partBytes = await it.interrupt(0.3);
  assert(partBytes >= 0.3 * BYTES.length && partBytes < BYTES.length);
  const result = await it.get({ sha256: SHA256 });
  assertEquals(partBytes + result.fetchedBytes, BYTES.length);
  const { headers } = it.server.requests[1]!;
  assertEquals(headers.get("range"), `bytes=${partBytes}-`);
  assertEquals(headers.get("if-range"), '"1"');
  assertEquals(await Deno.readFile(it.target), BYTES);
});

Deno.test("download() continues what a killed process has left", async () => {
  const stallAfter = Math.ceil(0.3 * BYTES.length);
  await using it = await tlsCase((request, count) =>
    serveBytes(request, BYTES, count === 0 ? { ...ETAG, stallAfter } : ETAG)
  );
  const net = new URL(it.url).host;
  const child = startDownload(it.url, it.target, { net });
  const lines = child.stdout.pipeThrough(new TextDecoderStream());
  for await (const text of lines) {
    if (text.trim().split("\n").includes(`${stallAfter}`)) break;
  }
  child.kill("SIGKILL");
  await child.status;
  const { size } = await Deno.stat(`${it.target}.part`);
  assertEquals(size, stallAfter);
  await assertRejects(() => Deno.stat(it.target), Deno.errors.NotFound);
  const result = await it.get({ sha256: SHA256 });
  assertEquals(stallAfter + result.fetchedBytes, BYTES.length);
});

Deno.test("download() needs no network for a part that is whole", async () => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES, ETAG));
  assertEquals(await it.interrupt(1), BYTES.length);
  const result = await it.get();
  assertEquals(result.fetchedBytes, 0);
  assertEquals(it.server.requests.length, 1);
});

Deno.test("download() does nothing when it is cancelled beforehand", async () => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES));
  const signal = AbortSignal.abort(new Error("no"));
  await assertRejects(() => it.get({}, { signal }), Error, "no");
  assertEquals(it.server.requests.length, 0);
});

Deno.test("download() ends a pause when it is cancelled", async () => {
  await using it = await tlsCase(() => new Response(null, { status: 503 }));
  const controller = new AbortController();
  const { signal } = controller;
  const error = await it.get({}, {
    signal,
    onRetry: () => queueMicrotask(() => controller.abort("stop")),
  }).catch((reason) => reason);
  assertEquals(error, "stop");
});

Deno.test("download() lets one of two fetch, and the other wait", async () => {
  const waiting = Promise.withResolvers<void>();
  await using it = await tlsCase(async (request) => {
    await waiting.promise;
    return serveBytes(request, BYTES);
  });
  it.haste = 20;
  let waits = 0;
  const options = {
    onWait() {
      waits++;
      waiting.resolve();
    },
  };
  const results = await Promise.all([
    it.get({}, options),
    it.get({}, options),
  ]);
  const fetched = results.map(({ fetchedBytes }) => fetchedBytes);
  assertEquals(fetched.sort((a, b) => a - b), [0, BYTES.length]);
  assertEquals(it.server.requests.length, 1);
  assertEquals(waits, 1);
});

Deno.test("download() stops to wait for another when it is cancelled", async () => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES));
  await it.interrupt();
  using other = await Deno.open(`${it.target}.lock`, { write: true });
  assert(await other.tryLock(true));
  const controller = new AbortController();
  const error = await it.get({}, {
    signal: controller.signal,
    onWait: () => controller.abort("stop"),
  }).catch((reason) => reason);
  assertEquals(error, "stop");
});

Deno.test("download() forgives failures as long as each attempt gets on", async () => {
  const large = new Uint8Array(9 * 1024 * 1024).fill(7);
  const cutAfter = 1_200_000;
  await using it = await tlsCase((request) =>
    serveBytes(request, large, { ...ETAG, cutAfter })
  );
  const result = await it.get();
  assertEquals(result.fetchedBytes, large.length);
  assertEquals(it.pauses.length, 7);
  assert(it.pauses.every(({ delayMs }) => delayMs <= 1000));
});

Deno.test("download() gives up on a server that always starts over", async () => {
  const large = new Uint8Array(3 * 1024 * 1024).fill(7);
  const options = { cutAfter: 2_000_000, ranges: false };
  await using it = await tlsCase((request) =>
    serveBytes(request, large, options)
  );
  await assertRejects(
    () => it.get(),
    DownloadError,
    `Cannot download "${it.url}" as the connection was lost: `,
  );
  assertEquals(it.server.requests.length, 6);
});
