import { assertEquals, assertRejects } from "@std/assert";
import { AnswerWatch, readBody } from "../../pipeline/s3/watch.ts";

/** Has timers run out a hundred times as fast. */
function hurry(): Disposable {
  const { setTimeout } = globalThis;
  const fast = (fn: () => void, ms: number) => setTimeout(fn, ms / 100);
  Object.assign(globalThis, { setTimeout: fast });
  return {
    [Symbol.dispose]: () => void Object.assign(globalThis, { setTimeout }),
  };
}

/** Asks a server that sends some bytes and then no more. */
async function askStalling(sent: string): Promise<Uint8Array> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listener.addr.port}`;
  const answer = `HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n${sent}`;
  const serve = async () => {
    using connection = await listener.accept();
    const request = new Uint8Array(4096);
    while (await connection.read(request) !== null) {
      if (sent) await connection.write(new TextEncoder().encode(answer));
    }
  };
  const served = serve();
  using watch = new AnswerWatch(0);
  const { signal } = watch;
  try {
    const response = await fetch(url, { signal });
    return await readBody(response, watch, { maxBytes: 9, isHead: false });
  } finally {
    // It sees that the connection ends.
    await served;
  }
}

Deno.test.each([["at all", ""], ["after the first bytes", "abc"]])(
  "an answer that does not come %s ends with an error",
  async (_, sent) => {
    using _fast = hurry();
    await assertRejects(
      () => askStalling(sent),
      Error,
      "nothing came for 30 s",
    );
  },
);

/** Makes a response of parts. */
function respond(parts: string[], announced?: string): Response {
  const body = ReadableStream.from(parts).pipeThrough(new TextEncoderStream());
  return new Response(body, {
    headers: announced === undefined ? {} : { "content-length": announced },
  });
}

/** Reads a response as text. */
async function read(
  response: Response,
  options: { firstBytes?: number; isHead?: boolean } = {},
): Promise<string> {
  using watch = new AnswerWatch(0);
  const how = { maxBytes: 6, isHead: false, ...options };
  return new TextDecoder().decode(await readBody(response, watch, how));
}

Deno.test("readBody() reads a body to its end, or as far as is wanted", async () => {
  assertEquals(await read(respond(["abc", "def"])), "abcdef");
  assertEquals(await read(respond(["abc", "def"]), { firstBytes: 4 }), "abcd");
  assertEquals(await read(respond(["abc"]), { firstBytes: 3 }), "abc");
  assertEquals(await read(respond([], "12"), { isHead: true }), "");
});

Deno.test("readBody() notices a body that ends early", async () => {
  await assertRejects(
    () => read(respond(["abc"], "6")),
    Error,
    "3 of 6 bytes came",
  );
});
