import { assertEquals, assertRejects } from "@std/assert";
import { ObjectStoreError } from "../../pipeline/errors.ts";
import { S3Store } from "../../pipeline/s3/s3_store.ts";
import { FakeServer } from "./fake_server.ts";

/** Returns the store of a server. */
function storeOf(server: FakeServer): S3Store {
  return new S3Store({ bucket: "tests", key: "work" }, server.access);
}

Deno.test("read() gives up an object that is another each time", async () => {
  await using server = new FakeServer();
  const store = storeOf(server);
  await store.writeAtomic("a", new Uint8Array(2 ** 23 + 1));
  server.instead = ({ headers }) =>
    headers.has("range") ? new Response(null, { status: 412 }) : undefined;
  await assertRejects(
    () => store.read("a"),
    ObjectStoreError,
    'Cannot read "s3://tests/work/a" as its bytes must be of one state: it changed while it was read, 5 times',
  );
});

Deno.test("read() says that a server must say how long a large object is", async () => {
  await using server = new FakeServer();
  const store = storeOf(server);
  server.instead = () =>
    new Response(
      ReadableStream.from([new Uint8Array(2 ** 23), new Uint8Array(1)]),
    );
  await assertRejects(
    () => store.read("a"),
    ObjectStoreError,
    'Cannot read "s3://tests/work/a" as the server must say how long an object of more than 8388608 bytes is: it sends no Content-Length',
  );
});

Deno.test("read() takes a small object of which the server does not say how long it is", async () => {
  await using server = new FakeServer();
  server.instead = () =>
    new Response(ReadableStream.from([Uint8Array.of(1), Uint8Array.of(2)]));
  assertEquals(await storeOf(server).read("a"), Uint8Array.of(1, 2));
});
