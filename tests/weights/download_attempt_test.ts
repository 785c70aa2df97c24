import { assertEquals, assertRejects } from "@std/assert";
import { DownloadError } from "../../pipeline/weights/download_error.ts";
import { MAX_BYTES } from "../../pipeline/weights/download_source.ts";
import { BYTES, SHA256, tlsCase } from "../support/tls_case.ts";
import { serveBytes } from "../support/tls_server.ts";

const SIZE = BYTES.length;
const CUT = 150_000;

Deno.test("attempt() starts over when the ETag has changed", async () => {
  const old = BYTES.map((byte) => byte ^ 1);
  await using it = await tlsCase((request, count) =>
    count === 0
      ? serveBytes(request, old, { headers: { etag: '"1"' } })
      : serveBytes(request, BYTES, { headers: { etag: '"2"' } })
  );
  await it.interrupt();
  const result = await it.get({ sha256: SHA256 });
  assertEquals(it.server.requests[1]!.headers.get("if-range"), '"1"');
  assertEquals(result.fetchedBytes, SIZE);
});

Deno.test("attempt() starts over when a server continues another file", async () => {
  const old = BYTES.map((byte) => byte ^ 1);
  await using it = await tlsCase((request, count) => {
    if (count === 0) {
      return serveBytes(request, old, { headers: { etag: '"1"' } });
    }
    const headers = new Headers(request.headers);
    headers.delete("if-range");
    const careless = new Request(request.url, { headers });
    return serveBytes(careless, BYTES, { headers: { etag: '"2"' } });
  });
  await it.interrupt();
  const result = await it.get();
  assertEquals(result.sha256, SHA256);
  assertEquals(it.pauses.map(({ reason }) => reason), [
    "the file has changed since the download began",
  ]);
});

Deno.test("attempt() starts over when the server ignores ranges", async () => {
  const options = { ranges: false, headers: { etag: '"1"' } };
  await using it = await tlsCase((request) =>
    serveBytes(request, BYTES, options)
  );
  await it.interrupt();
  const result = await it.get({ sha256: SHA256 });
  assertEquals(result.fetchedBytes, SIZE);
});

Deno.test("attempt() starts over when neither a validator nor a digest guards it", async () => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES));
  await it.interrupt();
  const result = await it.get();
  assertEquals(it.server.requests[1]!.headers.get("range"), null);
  assertEquals(result.fetchedBytes, SIZE);
});

Deno.test("attempt() continues without a validator when a digest guards it", async () => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES));
  const partBytes = await it.interrupt();
  const result = await it.get({ sha256: SHA256.slice(0, 8) });
  assertEquals(it.server.requests[1]!.headers.get("if-range"), null);
  assertEquals(result.fetchedBytes, SIZE - partBytes);
});

Deno.test("attempt() goes by the time of change when the ETag is weak", async () => {
  const changed = "Tue, 15 Nov 1994 12:45:26 GMT";
  const headers = { etag: 'W/"1"', "last-modified": changed };
  await using it = await tlsCase((request) =>
    serveBytes(request, BYTES, { headers })
  );
  const partBytes = await it.interrupt();
  const result = await it.get();
  assertEquals(it.server.requests[1]!.headers.get("if-range"), changed);
  assertEquals(result.fetchedBytes, SIZE - partBytes);
});

Deno.test.each([
  ["HTTP/1.1, length known", true],
  ["HTTP/1.1, length unknown", false],
])("attempt() continues a body that is cut, %s", async (_, length) => {
  const headers = { etag: '"1"' };
  await using it = await tlsCase((request, count) =>
    serveBytes(request, BYTES, {
      headers,
      length,
      ...(count === 0 && { cutAfter: CUT }),
    })
  );
  const result = await it.get({ sha256: SHA256 });
  assertEquals(it.server.requests.length, 2);
  assertEquals(it.server.requests[1]!.headers.get("range"), `bytes=${CUT}-`);
  assertEquals(result.fetchedBytes, SIZE);
});

Deno.test("attempt() continues a file that ends before its published size", async () => {
  await using it = await tlsCase((request, count) => {
    const bytes = count === 0 ? BYTES.subarray(0, CUT) : BYTES;
    const headers = { etag: '"1"' };
    return serveBytes(request, bytes, { headers, length: false });
  });
  const result = await it.get({ sizeBytes: SIZE });
  assertEquals(result.sha256, SHA256);
  assertEquals(
    it.pauses[0]!.reason,
    `the file ended after ${CUT} of ${SIZE} bytes`,
  );
});

Deno.test("attempt() continues a body that stalls", async () => {
  await using it = await tlsCase((request, count) =>
    serveBytes(request, BYTES, {
      headers: { etag: '"1"' },
      ...(count === 0 && { stallAfter: CUT }),
    })
  );
  it.haste = 300;
  const result = await it.get();
  assertEquals(result.fetchedBytes, SIZE);
  assertEquals(it.pauses[0]!.reason, "no bytes came for 30 s");
});

Deno.test("attempt() gives up on a server that never answers", async () => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  await using it = await tlsCase(() => promise);
  it.haste = 600;
  await assertRejects(
    () => it.get(),
    DownloadError,
    `Cannot download "${it.url}" as no bytes came for 30 s (6 times in a row)`,
  );
  resolve(new Response());
});

Deno.test("attempt() takes 416 for the end of a part that is whole", async () => {
  await using it = await tlsCase((request) =>
    serveBytes(request, BYTES, { headers: { etag: '"1"' }, length: false })
  );
  await it.interrupt(1);
  const result = await it.get();
  assertEquals(it.server.requests.length, 2);
  assertEquals(result.fetchedBytes, 0);
  assertEquals(result.sha256, SHA256);
});

Deno.test("attempt() starts over on 416 for a part that is too long", async () => {
  const headers = { etag: '"1"' };
  await using it = await tlsCase((request, count) =>
    count === 0
      ? serveBytes(request, BYTES, { headers })
      : serveBytes(request, BYTES.subarray(0, 1000), { headers })
  );
  const partBytes = await it.interrupt();
  const result = await it.get();
  assertEquals(result.sizeBytes, 1000);
  assertEquals(
    it.pauses[0]!.reason,
    `the server has no bytes from ${partBytes} on`,
  );
});

Deno.test.each<[string, () => Response]>([
  [
    "the server has no bytes from 0 on",
    () => new Response(null, { status: 416 }),
  ],
  [
    'it came in encoding "zstd", which was not asked for',
    () => new Response("abc", { headers: { "content-encoding": "zstd" } }),
  ],
])("attempt() refuses when %s", async (reason, answer) => {
  await using it = await tlsCase(answer);
  const message = `Cannot download "${it.url}" as ${reason}`;
  await assertRejects(() => it.get(), DownloadError, message);
  assertEquals(it.server.requests.length, 1);
  assertEquals(await it.files(), ["weights.pth.lock"]);
});

Deno.test.each([
  [
    "smaller than published",
    { sizeBytes: SIZE + 1 },
    `it has ${SIZE} bytes, expected ${SIZE + 1}`,
  ],
  [
    "larger than published",
    { sizeBytes: SIZE - 1 },
    `it has ${SIZE} bytes or more, expected ${SIZE - 1}`,
  ],
])("attempt() refuses a file that is %s", async (_, source, reason) => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES));
  const message = `Cannot download "${it.url}" as ${reason}`;
  await assertRejects(() => it.get(source), DownloadError, message);
  assertEquals(it.server.requests.length, 1);
});

Deno.test.each([
  ["announces", { "content-length": `${MAX_BYTES + 1}` }, 1],
  ["sends", {}, MAX_BYTES + 1],
])(
  "attempt() refuses a server that %s more than 2 GiB",
  async (_, headers, size) => {
    await using it = await tlsCase(() => new Response());
    // One piece, whose memory nobody touches; no server could send it so soon.
    const pull = (controller: ReadableStreamDefaultController) =>
      controller.enqueue(new Uint8Array(size));
    const body = new ReadableStream({ pull }, { highWaterMark: 0 });
    globalThis.fetch = () => Promise.resolve(new Response(body, { headers }));
    await assertRejects(
      () => it.get(),
      DownloadError,
      `Cannot download "${it.url}" as it is larger than allowed: ${
        MAX_BYTES + 1
      } bytes or more, at most ${MAX_BYTES}`,
    );
    assertEquals(await it.files(), ["weights.pth.lock"]);
  },
);
