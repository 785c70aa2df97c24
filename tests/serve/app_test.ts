import { assert, assertEquals } from "@std/assert";
import { BackendUnavailableError } from "../../mod.ts";
import { Catalogue } from "../../pipeline/serve/catalogue.ts";
import { DEFAULT_LIMITS } from "../../pipeline/serve/limits.ts";
import { errorCode, FACTS, form, testApp, testModel } from "./support.ts";

const PHOTO = new Uint8Array([1, 2, 3]);

Deno.test("a failure of the server tells nothing of it, and stands in the log", async () => {
  const secret = "/home/someone/photo.jpg";
  for (
    const error of [
      new Error(secret),
      new BackendUnavailableError("cpu", secret),
    ]
  ) {
    const model = testModel({ classify: () => Promise.reject(error) });
    const { classify, entries } = testApp({
      catalogue: new Catalogue([model]),
    });
    for (const body of [PHOTO, form({ a: PHOTO })]) {
      const response = await classify(body);
      const text = await response.text();
      assertEquals([response.status, text.includes(secret)], [500, false]);
    }
    assertEquals(entries.map(({ event }) => event), [
      "failure",
      "request",
      "failure",
      "request",
    ]);
    assertEquals(entries[0]!.message, error.message);
  }
});

Deno.test("the head of an answer is so long that Deno sends the body with it", async () => {
  const response = await testApp().classify(PHOTO);
  response.headers.set("Content-Length", "10");
  response.headers.set("Date", "Mon, 01 Jan 2024 00:00:00 GMT");
  const lines = Array.from(response.headers, (pair) => pair.join(": "));
  const head = ["HTTP/1.1 200 OK", ...lines, "", ""].join("\r\n");
  assert(head.length > 512, `it has ${head.length} bytes`);
});

Deno.test("the log tells no names and no paths", async () => {
  const { classify, send, entries } = testApp();
  await classify(form({ "secret.jpg": PHOTO }), "?class=secret");
  await send("/secret?run=secret");
  assertEquals(JSON.stringify(entries).includes("secret"), false);
  assertEquals(entries, [
    {
      level: "info",
      event: "request",
      method: "POST",
      route: "/api/classify",
      status: 200,
      milliseconds: 0,
      bytes: entries[0]!.bytes,
      photos: 1,
      run: "default",
    },
    {
      level: "info",
      event: "request",
      method: "GET",
      route: "other",
      status: 404,
      milliseconds: 0,
      code: "not_found",
    },
  ]);
});

Deno.test("a server that stops takes no photos, and says so", async () => {
  const { classify, send } = testApp({ health: () => "stopping" });
  const refused = await classify(PHOTO);
  assertEquals([refused.status, await errorCode(refused)], [503, "stopping"]);
  assertEquals((await send("/healthz")).status, 200);
  const ready = await send("/readyz");
  assertEquals([ready.status, await ready.json()], [
    503,
    { status: "stopping" },
  ]);
});

Deno.test("GET /api/model tells what is served, of each run", async () => {
  const other = { ...FACTS, run: "other" };
  const catalogue = new Catalogue([testModel(), testModel({ facts: other })]);
  const { send, classify } = testApp({ catalogue });
  assertEquals(await (await send("/api/runs")).json(), {
    runs: ["default", "other"],
  });
  const read = async (query: string) =>
    await (await send(`/api/model${query}`)).json();
  const more = { threshold: 0.5, limits: { ...DEFAULT_LIMITS } };
  assertEquals(await read(""), { ...FACTS, ...more });
  assertEquals(await read("?run=other"), { ...other, ...more });
  assertEquals((await classify(PHOTO, "?run=other")).status, 200);
});

Deno.test("GET /report shows the report with the policy of its own scripts", async () => {
  const { send } = testApp();
  const page = await send("/report");
  assertEquals(await page.text(), "<p>report</p><script>1</script>");
  const policy = page.headers.get("content-security-policy")!;
  // printf 1 | openssl dgst -sha256 -binary | base64
  const hash = "a4ayc/80/OGda4BO/1o/V0etpOqiLx1JwB5S3beHW0s=";
  assert(policy.includes(`script-src 'sha256-${hash}'`), policy);
  assertEquals(/script-src[^;]*unsafe/.test(policy), false);
  const model = testModel({ readReport: () => Promise.resolve(undefined) });
  const none = testApp({ catalogue: new Catalogue([model]) });
  assertEquals(await errorCode(await none.send("/report")), "no_report");
});

Deno.test("HEAD says how long the body of GET is", async () => {
  const { send } = testApp();
  for (const path of ["/", "/api/model", "/report", "/nowhere"]) {
    const { headers, body } = await send(path, { method: "HEAD" });
    const { length } = await (await send(path)).bytes();
    assertEquals([headers.get("content-length"), body], [`${length}`, null]);
  }
});

Deno.test.each([
  ["DELETE", "/api/model", "GET, HEAD"],
  ["POST", "/", "GET, HEAD"],
  ["GET", "/api/classify", "POST"],
  ["HEAD", "/api/classify", "POST"],
])("%s %s is told which methods there are", async (method, path, allowed) => {
  const { send, entries } = testApp();
  const { status, headers } = await send(path, { method });
  assertEquals([status, headers.get("allow")], [405, allowed]);
  assertEquals(entries[0]!.code, "method_not_allowed");
});

Deno.test("GET /openapi.json describes every route", async () => {
  const document = await (await testApp().send("/openapi.json")).json();
  assertEquals(document.openapi, "3.1.0");
  assertEquals(Object.keys(document.paths).toSorted(), [
    "/api/classify",
    "/api/model",
    "/api/runs",
    "/healthz",
    "/metrics",
    "/readyz",
    "/report",
  ]);
});
