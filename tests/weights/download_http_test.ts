import { assert, assertEquals, assertRejects } from "@std/assert";
import { download } from "../../pipeline/weights/download.ts";
import { DownloadError } from "../../pipeline/weights/download_error.ts";
import { BYTES, SHA256, tlsCase } from "../support/tls_case.ts";
import { startDownload } from "../support/tls_download.ts";
import { connectProxy } from "../support/tls_proxy.ts";
import { serveBytes } from "../support/tls_server.ts";

/** Sends elsewhere. */
function redirect(location: string, status = 302): Response {
  return new Response(null, { status, headers: { location } });
}

Deno.test.each([
  [404, "Not Found"],
  [403, "Forbidden"],
  [410, "Gone"],
])("request() does not try again after %s", async (status, text) => {
  await using it = await tlsCase(() => new Response("no", { status }));
  const host = new URL(it.url).host;
  await assertRejects(
    () => it.get(),
    DownloadError,
    `Cannot download "${it.url}" as "${host}" answered ${status} ${text}`,
  );
  assertEquals(it.server.requests.length, 1);
  assertEquals(await it.files(), ["weights.pth.lock"]);
});

Deno.test.each([408, 425, 429, 500, 503])(
  "request() tries again after %s",
  async (status) => {
    await using it = await tlsCase((request, count) =>
      count < 2
        ? new Response("busy", { status, headers: { "retry-after": "7" } })
        : serveBytes(request, BYTES)
    );
    const result = await it.get({ sha256: SHA256 });
    assertEquals(result.fetchedBytes, BYTES.length);
    assertEquals(it.pauses.map(({ delayMs }) => delayMs), [7000, 7000]);
  },
);

Deno.test("request() gives up after too many failures, with longer and longer pauses", async () => {
  await using it = await tlsCase(() => new Response("busy", { status: 503 }));
  const host = new URL(it.url).host;
  await assertRejects(
    () => it.get(),
    DownloadError,
    `Cannot download "${it.url}" as "${host}" answered 503 Service Unavailable (6 times in a row)`,
  );
  const shares = it.pauses.map(({ delayMs }, i) => delayMs / (1000 * 2 ** i));
  assertEquals(shares.length, 5);
  assert(shares.every((share) => share > 0.5 && share <= 1), `${shares}`);
});

Deno.test("request() follows redirects, and asks each for the rest", async () => {
  await using it = await tlsCase((request) => {
    const { pathname, origin } = new URL(request.url);
    if (pathname === "/weights.pth") return redirect("/a/b", 301);
    if (pathname === "/a/b") return redirect("c?signature=1", 307);
    if (pathname === "/a/c") return redirect(`${origin}/file`, 308);
    return serveBytes(request, BYTES, { headers: { etag: '"1"' } });
  });
  const partBytes = await it.interrupt();
  const result = await it.get({ sha256: SHA256 });
  assertEquals(partBytes + result.fetchedBytes, BYTES.length);
  assertEquals(it.server.requests.length, 8);
});

Deno.test.each([
  [
    "http://127.0.0.1:1/weights.pth?key=1",
    'it redirects to "http://127.0.0.1:1/weights.pth", which is not https',
  ],
  [
    "file:///etc/passwd",
    'it redirects to "file:///etc/passwd", which is not https',
  ],
  ["/weights.pth", "it redirects more than 10 times"],
  ["https://", '"ORIGIN/weights.pth" redirects to nowhere'],
])("request() refuses a redirect to %s", async (location, reason) => {
  await using it = await tlsCase(() => redirect(location));
  const message = `Cannot download "${it.url}" as ${
    reason.replace("ORIGIN", it.server.origin)
  }`;
  await assertRejects(() => it.get(), DownloadError, message);
  const count = location.startsWith("/") ? 11 : 1;
  assertEquals(it.server.requests.length, count);
});

Deno.test("request() refuses a certificate that is not trusted, once", async () => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES));
  using client = Deno.createHttpClient({});
  it.client = client;
  await assertRejects(
    () => it.get(),
    DownloadError,
    `cannot be reached: invalid peer certificate: `,
  );
  assertEquals(it.pauses, []);
});

Deno.test("request() tries again when nobody listens", async () => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES));
  using closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  closed.close();
  const host = `127.0.0.1:${closed.addr.port}`;
  await assertRejects(
    () => it.get({ url: `https://${host}/w` }),
    DownloadError,
    `Cannot download "https://${host}/w" as "${host}" cannot be reached: tcp connect error: `,
  );
  assertEquals(it.pauses.length, 5);
});

Deno.test("request() says when the task may not connect", {
  permissions: { read: true, write: true, net: ["localhost"] },
}, async () => {
  const target = await Deno.makeTempFile({ dir: ".tmp" });
  await Deno.remove(target);
  const { signal } = new AbortController();
  const url = "https://127.0.0.1/w";
  await assertRejects(
    () => download({ url }, target, { signal }),
    DownloadError,
    `Cannot download "${url}" as this task has no permission for it: Requires net access to "127.0.0.1:443"`,
  );
  await Deno.remove(`${target}.lock`);
});

Deno.test.each([
  ["goes through the proxy of HTTPS_PROXY", {}, 1],
  ["goes past the proxy for hosts of NO_PROXY", { NO_PROXY: "localhost" }, 0],
])("request() %s", async (_, env, count) => {
  await using it = await tlsCase((request) => serveBytes(request, BYTES));
  await using proxy = connectProxy();
  const host = new URL(it.url).host.replace("127.0.0.1", "localhost");
  const child = startDownload(`https://${host}/weights.pth`, it.target, {
    net: host,
    env: { HTTPS_PROXY: proxy.origin, NO_PROXY: "", ...env },
  });
  const { stdout } = await child.output();
  const lines = new TextDecoder().decode(stdout).trim().split("\n");
  assertEquals(lines.at(-1), `fetched ${BYTES.length}`);
  assertEquals(proxy.targets, Array(count).fill(host));
  assert(it.server.requests.length === 1);
});
