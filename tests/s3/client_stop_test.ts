/**
 * What the client does when the task is to stop.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { StoreClient } from "../../pipeline/s3/client.ts";

/** Asks a server for an object; the server says how it answers each request, by its number. */
async function ask(answer: (asked: number) => Response, signal: AbortSignal) {
  let asked = 0;
  const where = { hostname: "127.0.0.1", port: 0, onListen() {} };
  await using server = Deno.serve(where, () => answer(++asked));
  const client = new StoreClient(() => ({
    credentials: { accessKeyId: "KEY", secretAccessKey: "secret" },
    region: "eu-west-1",
    endpoint: `http://127.0.0.1:${server.addr.port}`,
  }), signal);
  const at = { bucket: "photos", key: "a" };
  const sent = client.send({ method: "GET", at, doing: "read" });
  const [result] = await Promise.allSettled([sent]);
  return { result, asked };
}

/** Refuses a request for a time. */
function refuse(seconds: number): Response {
  const headers = { "retry-after": String(seconds) };
  return new Response(null, { status: 503, headers });
}

Deno.test("send() ends its pause when the task is to stop, and throws why", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new Error("enough");
  let isLong = false;
  const listen = signal.addEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof listen>) => {
    listen(...args);
    // The pause listens, so it has begun.
    if (isLong) controller.abort(reason);
  };
  const { result, asked } = await ask((asked) => {
    isLong = asked === 5;
    return refuse(isLong ? 60 : 0);
  }, signal);
  assertEquals(result, { status: "rejected", reason });
  assertEquals(asked, 6);
});

Deno.test("send() still does what a busy server does soon when the task is to stop", async () => {
  const { result, asked } = await ask(
    (asked) => asked < 3 ? refuse(60) : new Response("fine"),
    AbortSignal.abort(),
  );
  assertEquals([result.status, asked], ["fulfilled", 3]);
});
