import { assertEquals, assertRejects } from "@std/assert";
import { ApiError } from "../../pipeline/serve/api_error.ts";
import { startDeadline } from "../../pipeline/serve/deadline.ts";
import { discardBody, readBody } from "../../pipeline/serve/read_body.ts";

/** A request whose body comes in parts; it never ends if the last is missing. */
function request(
  parts: readonly Uint8Array<ArrayBuffer>[],
  options: { ends?: boolean; headers?: HeadersInit } = {},
): { request: Request; pulled: () => number } {
  const { ends = true, headers = {} } = options;
  let pulled = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const part = parts[pulled];
      if (part) {
        pulled++;
        controller.enqueue(part);
        return;
      }
      if (ends) return controller.close();
      return new Promise(() => {});
    },
  }, { highWaterMark: 0 });
  const init = { method: "POST", body, headers };
  return { request: new Request("http://a/", init), pulled: () => pulled };
}

/** Reads a body of at most 4 bytes. */
async function read(request: Request, milliseconds = 60_000) {
  using deadline = startDeadline(milliseconds);
  let taken = 0;
  const ticket = { takeBytes: (count: number) => void (taken += count) };
  const bytes = await readBody(request, { most: 4, ticket, deadline });
  return { bytes: [...bytes], taken };
}

const TWO = new Uint8Array([1, 2]);

Deno.test("readBody() joins the parts of a body", async () => {
  const none = await read(new Request("http://a/", { method: "POST" }));
  assertEquals(none, { bytes: [], taken: 0 });
  assertEquals(await read(request([TWO]).request), { bytes: [1, 2], taken: 2 });
  assertEquals(await read(request([TWO, TWO]).request), {
    bytes: [1, 2, 1, 2],
    taken: 4,
  });
});

Deno.test("readBody() holds a body of many small parts in as many bytes", async () => {
  const parts = Array.from({ length: 3000 }, (_, i) => new Uint8Array([i]));
  using deadline = startDeadline(60_000);
  let taken = 0;
  const bytes = await readBody(request(parts).request, {
    most: 3000,
    ticket: { takeBytes: (count) => void (taken += count) },
    deadline,
  });
  assertEquals(bytes, Uint8Array.from(parts, ([byte]) => byte!));
  assertEquals([taken, bytes.buffer.byteLength <= 6000], [3000, true]);
});

Deno.test("readBody() stops at the limit, and before it where a length is claimed", async () => {
  const many = request(Array(1000).fill(TWO));
  await assertRejects(() => read(many.request), ApiError, "4 bytes");
  assertEquals(many.pulled(), 3);
  const chunked = { "transfer-encoding": "chunked" };
  const inChunks = request([TWO], { headers: chunked });
  await assertRejects(() => read(inChunks.request), ApiError, "in chunks");
  assertEquals(inChunks.pulled(), 0);
  const claimed = request([TWO], { headers: { "content-length": "5" } });
  await assertRejects(() => read(claimed.request), ApiError, "4 bytes");
  assertEquals(claimed.pulled(), 0);
});

Deno.test("readBody() reads a small body that says its length in one piece", async () => {
  const headers = { "content-length": "4" };
  const whole = request([TWO, TWO], { headers });
  assertEquals(await read(whole.request), { bytes: [1, 2, 1, 2], taken: 4 });
  const cut = new Request("http://a/", {
    method: "POST",
    headers,
    body: new ReadableStream({
      pull: () => Promise.reject(new Error("reset")),
    }),
  });
  await assertRejects(() => read(cut), ApiError, "it is cut off");
});

Deno.test.each([{}, { "content-length": "4" }])(
  "readBody() does not wait for ever with %o",
  async (headers) => {
    const slow = request([TWO], { ends: false, headers });
    await assertRejects(() => read(slow.request, 1), ApiError, "in time");
  },
);

Deno.test("readBody() ends in time while chunks come without a pause", async () => {
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1)),
  });
  const endless = new Request("http://a/", { method: "POST", body });
  using deadline = startDeadline(1);
  const ticket = { takeBytes() {} };
  await assertRejects(
    () => readBody(endless, { most: 2 ** 30, ticket, deadline }),
    ApiError,
    "in time",
  );
  // The turn that the reading waits for is over, too.
  await new Promise((next) => setTimeout(next));
});

Deno.test("readBody() breaks a late body off at its next part, and not while it waits", async () => {
  const next = Promise.withResolvers<Uint8Array>();
  const broken = Promise.withResolvers<void>();
  let isBroken = false;
  const body = new ReadableStream({
    pull: async (controller) => controller.enqueue(await next.promise),
    cancel() {
      isBroken = true;
      broken.resolve();
    },
  }, { highWaterMark: 0 });
  const late = new Request("http://a/", { method: "POST", body });
  await assertRejects(() => read(late, 1), ApiError, "in time");
  assertEquals(isBroken, false);
  next.resolve(TWO);
  await broken.promise;
});

Deno.test("readBody() says that a body is cut off", async () => {
  const body = new ReadableStream({
    pull: () => Promise.reject(new Error("reset")),
  });
  const cut = new Request("http://a/", { method: "POST", body });
  await assertRejects(() => read(cut), ApiError, "it is cut off");
});

Deno.test("discardBody() reads a small body that is left, and no other", async () => {
  const left = async (headers: HeadersInit, ends = true) => {
    const { request: whole, pulled } = request([TWO, TWO], { headers, ends });
    return [await discardBody(whole), pulled()];
  };
  assertEquals(await left({ "content-length": "4" }), [true, 2]);
  assertEquals(await left({}), [false, 0]);
  assertEquals(await left({ "content-length": String(2 ** 30) }), [false, 0]);
  assertEquals(await discardBody(new Request("http://a/")), true);
});
