/**
 * What the client does about each answer. That it signs as it must, a real server says
 * (`s3_store_slow_test.ts`).
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import { ObjectStoreError } from "../../pipeline/errors.ts";
import { StoreClient } from "../../pipeline/s3/client.ts";

/** Answers any request. */
type Reply = () => Response;

const SECRET = "a-very-secret-key";

/** Makes an answer that refuses. */
function refuse(
  status: number,
  code = "",
  headers: Record<string, string> = {},
): Reply {
  const text =
    `<Error><Code>${code}</Code><Message>${SECRET}</Message></Error>`;
  return () => new Response(text, { status, headers });
}

const FINE: Reply = () => new Response("fine");

/** Asks a server that gives answers in turn for an object; returns the text, and the requests that came. */
async function ask(
  replies: readonly Reply[],
  request: Partial<Parameters<StoreClient["send"]>[0]> = {},
) {
  const seen: {
    url: string;
    method: string;
    headers: Headers;
    body: Uint8Array;
  }[] = [];
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { url, method } = request;
      const headers = new Headers(request.headers);
      const reply = replies[seen.length] ?? refuse(500);
      seen.push({ url, method, headers, body: await request.bytes() });
      return reply();
    },
  );
  let asked = 0;
  const client = new StoreClient(() => ({
    credentials: { accessKeyId: `KEY${++asked}`, secretAccessKey: SECRET },
    region: "eu-west-1",
    endpoint: `http://127.0.0.1:${server.addr.port}`,
  }));
  const at = { bucket: "photos", key: "a b/ü+.jpg" };
  const sent = client.send({ method: "GET", at, doing: "read", ...request });
  const host = `127.0.0.1:${server.addr.port}`;
  try {
    const { bytes, status, isRepeated } = await sent;
    const text = new TextDecoder().decode(bytes);
    return { text, status, isRepeated, seen, host };
  } catch (error) {
    assertEquals(Deno.inspect(error).includes(SECRET), false);
    return { error: (error as ObjectStoreError).message, seen, host };
  }
}

Deno.test("send() signs the address of the object and sends the checksums of a body", async () => {
  const body = new TextEncoder().encode("hello");
  const { seen, text } = await ask([FINE], { method: "PUT", body });
  const { url, headers, method } = seen[0]!;
  assertEquals([text, method], ["fine", "PUT"]);
  assertEquals(new URL(url).pathname, "/photos/a%20b/%C3%BC%2B.jpg");
  assertEquals(seen[0]!.body, body);
  assertEquals(headers.get("x-amz-content-sha256"), await sha256(body));
  assertEquals(
    headers.get("x-amz-checksum-sha256"),
    // printf hello | openssl dgst -sha256 -binary | base64
    "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=",
  );
  const authorization = headers.get("authorization") ?? "";
  assert(authorization.startsWith("AWS4-HMAC-SHA256 Credential=KEY1/"));
  assertEquals(authorization.includes("accept-encoding"), false);
});

Deno.test("send() sends no checksum of an object with a part, or a list of parts", async () => {
  const body = new TextEncoder().encode("hello");
  const query = { uploadId: "x", partNumber: "1" };
  for (const method of ["PUT", "POST"] as const) {
    const { seen } = await ask([FINE], { method, body, query });
    const { headers } = seen[0]!;
    assertEquals(headers.get("x-amz-content-sha256"), await sha256(body));
    assertEquals(headers.get("x-amz-checksum-sha256"), null);
  }
});

Deno.test.each<[string, Reply]>([
  ["503", refuse(503, "SlowDown")],
  ["500", refuse(500, "InternalError")],
  ["429", refuse(429, "", { "retry-after": "0" })],
  ["a request that ran out of time", refuse(400, "RequestTimeout")],
  ["a body damaged on the way", refuse(400, "XAmzContentSHA256Mismatch")],
  [
    "an answer damaged on the way",
    () =>
      new Response("fime", {
        headers: {
          // printf fine | openssl dgst -sha256 -binary | base64
          "x-amz-checksum-sha256":
            "0UpYuugEorgLW3agECOciP/KH8eVGpD46RMb7aHiPBs=",
        },
      }),
  ],
])("send() asks again after %s", async (_, reply) => {
  const { text, isRepeated, seen } = await ask([reply, reply, FINE]);
  assertEquals([text, isRepeated, seen.length], ["fine", true, 3]);
});

Deno.test.each<[number, string, Record<string, string>, string]>([
  [403, "InvalidAccessKeyId", {}, "the server does not know the access key"],
  [
    403,
    "SignatureDoesNotMatch",
    {},
    "the secret key is not that of the access key",
  ],
  [403, "AccessDenied", {}, "these credentials may not do it"],
  [403, "RequestTimeTooSkewed", {}, "the clock of this machine is wrong"],
  [404, "NoSuchBucket", {}, "there is no such bucket"],
  [
    301,
    "PermanentRedirect",
    { "x-amz-bucket-region": "us-east-2" },
    "the bucket is in another region: set AWS_REGION=us-east-2",
  ],
  [400, "InvalidArgument", {}, '"HOST" answered 400 InvalidArgument'],
  [418, "<b>", {}, '"HOST" answered 418'],
])("send() says why, after %s %s, and asks once", async (...row) => {
  const [status, code, headers, reason] = row;
  const { error, seen, host } = await ask([refuse(status, code, headers)]);
  const name = '"s3://photos/a b/ü+.jpg"';
  assertEquals(
    error,
    `Cannot read ${name} as ${reason.replace("HOST", host)}`,
  );
  assertEquals(seen.length, 1);
});

Deno.test("send() returns what the caller expects, but for a bucket that is not there", async () => {
  const expects = [404];
  const absent = await ask([refuse(404, "NoSuchKey")], { expects });
  assertEquals(absent.status, 404);
  const { error } = await ask([refuse(404, "NoSuchBucket")], { expects });
  assertEquals(
    error,
    'Cannot read "s3://photos/a b/ü+.jpg" as there is no such bucket',
  );
});

Deno.test("send() takes newer credentials once when they have expired", async () => {
  const expired = refuse(400, "ExpiredToken");
  const { text, seen } = await ask([expired, FINE]);
  assertEquals(text, "fine");
  const keys = seen.map(({ headers }) =>
    /Credential=(\w+)/.exec(headers.get("authorization")!)![1]
  );
  assertEquals(keys, ["KEY1", "KEY2"]);
  const { error } = await ask([expired, expired]);
  assertEquals(
    error,
    'Cannot read "s3://photos/a b/ü+.jpg" as the credentials have expired: get new ones',
  );
});

Deno.test("send() takes no more bytes than it asked for", async () => {
  const { error, seen, host } = await ask([FINE], { maxBytes: 3 });
  assertEquals(
    error,
    `Cannot read an answer of "${host}" as it may have at most 3 bytes: it has more`,
  );
  assertEquals(seen.length, 1);
});

Deno.test("send() soon gives up a server that has never answered", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const host = `127.0.0.1:${listener.addr.port}`;
  listener.close();
  const client = new StoreClient(() => ({
    credentials: { accessKeyId: "KEY", secretAccessKey: SECRET },
    region: "eu-west-1",
    endpoint: `http://${host}`,
  }));
  const error = await assertRejects(() =>
    client.send({
      method: "GET",
      at: { bucket: "photos", key: "" },
      doing: "list",
    }), ObjectStoreError);
  const start = `Cannot list "s3://photos" as "${host}" gives no answer: `;
  assertEquals(error.message.slice(0, start.length), start);
  assert(error.message.endsWith(", 5 times"));
});

Deno.test({
  name: "send() says which permission it lacks",
  permissions: { net: false },
  fn: async () => {
    const client = new StoreClient(() => ({
      credentials: { accessKeyId: "KEY", secretAccessKey: SECRET },
      region: "eu-west-1",
      endpoint: undefined,
    }));
    const at = { bucket: "photos", key: "a" };
    await assertRejects(
      () => client.send({ method: "GET", at, doing: "read" }),
      ObjectStoreError,
      'Cannot read "s3://photos/a" as this task has no permission to connect to "photos.s3.eu-west-1.amazonaws.com": set HEADSTART_NET=--allow-net=photos.s3.eu-west-1.amazonaws.com',
    );
  },
});
