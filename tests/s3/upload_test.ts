import { assertEquals, assertRejects } from "@std/assert";
import { ObjectStoreError } from "../../pipeline/errors.ts";
import { S3Store } from "../../pipeline/s3/s3_store.ts";
import { FakeServer } from "./fake_server.ts";

/** Returns the store of a server. */
function storeOf(server: FakeServer): S3Store {
  return new S3Store({ bucket: "tests", key: "work" }, server.access);
}

Deno.test("writeAtomic() knows an upload that was completed though the answer was lost", async () => {
  await using server = new FakeServer();
  const store = storeOf(server);
  const bytes = new Uint8Array(2 ** 24 + 1).fill(7);
  let lost = 0;
  server.instead = ({ method, url }) => {
    const isCompletion = method === "POST" && url.includes("uploadId");
    // The server has done it by the second time, and knows the upload no more.
    if (isCompletion && ++lost === 1) {
      const [upload] = server.uploads.values();
      server.objects.set("tests/work/a", {
        bytes,
        tag: '"tag"',
        modifiedMs: 0,
        mark: upload!.mark,
      });
      server.uploads.clear();
      return new Response(null, { status: 503 });
    }
    return undefined;
  };
  await store.writeAtomic("a", bytes);
  assertEquals([lost, (await store.read("a"))!.length], [2, bytes.length]);
});

Deno.test("writeAtomic() completes an upload again that the server failed to complete after it had answered 200", async () => {
  await using server = new FakeServer();
  const store = storeOf(server);
  let failed = 0;
  server.instead = ({ method, url }) =>
    method === "POST" && url.includes("uploadId") && ++failed < 3
      ? new Response("<Error><Code>InternalError</Code></Error>")
      : undefined;
  const bytes = new Uint8Array(2 ** 24 + 1).fill(7);
  await store.writeAtomic("a", bytes);
  assertEquals([failed, await store.read("a")], [3, bytes]);
  assertEquals(server.uploads.size, 0);
});

Deno.test("writeAtomic() throws when the server will not complete an upload, and aborts it", async () => {
  await using server = new FakeServer();
  const store = storeOf(server);
  server.instead = ({ method, url }) =>
    method === "POST" && url.includes("uploadId")
      ? new Response("<Error><Code>InvalidPart</Code></Error>")
      : undefined;
  await assertRejects(
    () => store.writeAtomic("a", new Uint8Array(2 ** 24 + 1)),
    ObjectStoreError,
    `Cannot write "s3://tests/work/a" as "${
      new URL(server.access().endpoint!).host
    }" answered 200 InvalidPart`,
  );
  assertEquals([server.objects.size, server.uploads.size], [0, 0]);
});

Deno.test("writeAtomic() throws what a part failed with, when the content comes slowly", async () => {
  await using server = new FakeServer();
  const store = storeOf(server);
  let refused = 0;
  server.instead = ({ method, url }) => {
    if (method !== "PUT" || !url.includes("partNumber=1")) return undefined;
    refused++;
    return new Response("<Error><Code>AccessDenied</Code></Error>", {
      status: 403,
    });
  };
  async function* content() {
    yield new Uint8Array(2 ** 25);
    while (refused === 0) await new Promise((done) => setTimeout(done, 1));
    // Until the answer is there as well.
    for (let i = 0; i < 20; i++) {
      await new Promise((done) => setTimeout(done, 1));
    }
    yield new Uint8Array(1);
  }
  await assertRejects(
    () => store.writeAtomic("a", content()),
    ObjectStoreError,
    'Cannot write "s3://tests/work/a" as these credentials may not do it',
  );
  assertEquals([server.objects.size, server.uploads.size], [0, 0]);
});
