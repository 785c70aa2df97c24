import { assert, assertEquals } from "@std/assert";
import { isSameSecret, SESSION_COOKIE } from "../../pipeline/serve/access.ts";
import { errorCode, testApp } from "./support.ts";

const TOKEN = "a token that is long enough";

Deno.test("a request needs a host that is allowed", async () => {
  const { app, send } = testApp();
  const status = async (host: string) =>
    (await send("/healthz", { headers: { host } })).status;
  assertEquals(await status("localhost"), 200);
  assertEquals(await status("LOCALHOST:1234"), 200);
  for (
    const host of [
      "evil.example",
      "localhost.evil.example",
      "localhost@evil.example",
      "127.0.0.1:8000",
      "",
      "%",
    ]
  ) assertEquals(await status(host), 403, host);
  const without = await app(new Request("http://localhost:8000/healthz"));
  assertEquals(await errorCode(without), "host_not_allowed");
  // HTTP/2 has no such header.
  const secure = await app(new Request("https://localhost:8000/healthz"));
  assertEquals(secure.status, 200);
  // A request line with a whole URL may name another host than the header.
  const headers = { host: "localhost:8000" };
  const other = new Request("http://evil.example/healthz", { headers });
  assertEquals(await errorCode(await app(other)), "host_not_allowed");
});

Deno.test("a page of another origin may ask only if it is named", async () => {
  const named = "https://app.example";
  const access = { hosts: ["localhost"], origins: [named] };
  const { send } = testApp({ access });
  const ask = (origin: string, method = "POST") =>
    send("/api/classify", {
      method,
      headers: { origin },
      ...method === "POST" && { body: new Uint8Array(1) },
    });
  const own = await ask("http://localhost:8000");
  assertEquals([own.status, own.headers.get("access-control-allow-origin")], [
    200,
    null,
  ]);
  for (
    const origin of ["https://evil.example", "null", "http://localhost:9999"]
  ) {
    for (const method of ["POST", "OPTIONS"]) {
      const refused = await ask(origin, method);
      assertEquals(await errorCode(refused), "origin_not_allowed");
      const allowed = refused.headers.get("access-control-allow-origin");
      assertEquals(allowed, null);
    }
  }
  const allowed = await ask(named);
  assertEquals(
    [allowed.status, allowed.headers.get("access-control-allow-origin")],
    [200, named],
  );
  const preflight = await ask(named, "OPTIONS");
  assertEquals([
    preflight.status,
    preflight.headers.get("access-control-allow-headers"),
  ], [204, "Authorization, Content-Type"]);
});

Deno.test("with a token only the page and health are open", async () => {
  const access = { hosts: ["localhost"], origins: [], token: TOKEN };
  const { send } = testApp({ access });
  const status = async (path: string, headers = {}) =>
    (await send(path, { headers })).status;
  for (const path of ["/", "/assets/page.js", "/healthz", "/readyz"]) {
    assertEquals(await status(path), 200, path);
  }
  const closed = [
    "/api/model",
    "/api/runs",
    "/metrics",
    "/report",
    "/openapi.json",
    "/nothing",
  ];
  for (const path of closed) assertEquals(await status(path), 401, path);
  const authorization = `Bearer ${TOKEN}`;
  assertEquals(await status("/api/model", { authorization }), 200);
  for (
    const wrong of [
      `Bearer ${TOKEN}x`,
      `Bearer ${TOKEN.slice(1)}`,
      "Bearer ",
      TOKEN,
      `Basic ${btoa(TOKEN)}`,
    ]
  ) assertEquals(await status("/api/model", { authorization: wrong }), 401);
});

Deno.test("a page that has given the token gets a cookie in its place", async () => {
  const access = { hosts: ["localhost"], origins: [], token: TOKEN };
  const { send } = testApp({ access });
  const init = { method: "POST" };
  assertEquals((await send("/api/session", init)).status, 401);
  const headers = { authorization: `Bearer ${TOKEN}` };
  const given = await send("/api/session", { ...init, headers });
  assertEquals(given.status, 204);
  const text = given.headers.get("set-cookie")!;
  assert(text.endsWith("; Path=/; HttpOnly; SameSite=Strict"), text);
  const [cookie] = text.split(";");
  assert(!text.includes(TOKEN), text);
  const status = async (cookie: string) =>
    (await send("/api/model", { headers: { cookie } })).status;
  assertEquals(await status(`a=b; ${cookie}`), 200);
  assertEquals(await status(`${SESSION_COOKIE}=${TOKEN}`), 401);
  assertEquals(await status(`${cookie}0`), 401);
});

Deno.test("every answer has strict headers", async () => {
  const { send } = testApp();
  for (const path of ["/", "/api/model", "/nothing", "/assets/page.css"]) {
    const { headers } = await send(path);
    assertEquals(headers.get("x-content-type-options"), "nosniff");
    assertEquals(headers.get("x-frame-options"), "DENY");
    assertEquals(headers.get("referrer-policy"), "no-referrer");
    const policy = headers.get("content-security-policy")!;
    assert(policy.startsWith("default-src 'none'; "), policy);
    assert(policy.includes("frame-ancestors 'none'"), policy);
    assert(!policy.includes("unsafe"), policy);
  }
});

Deno.test("the page has no script or style of its own in it", async () => {
  const { send } = testApp();
  const html = await (await send("/")).text();
  assertEquals(html.match(/<script(?! src="\/assets\/)/g), null);
  assertEquals(html.match(/<style|\sstyle=|\son\w+=/g), null);
  for (const [, path] of html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)) {
    assertEquals((await send(path!)).status, 200);
  }
});

Deno.test("isSameSecret() compares texts of any length", async () => {
  assertEquals(await isSameSecret("abc", "abc"), true);
  for (const other of ["", "ab", "abd", "abcd", "ABC"]) {
    assertEquals(await isSameSecret("abc", other), false);
  }
});
