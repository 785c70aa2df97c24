import { assertEquals, assertRejects } from "@std/assert";
import { ObjectStoreError } from "../../pipeline/errors.ts";
import { S3Store } from "../../pipeline/s3/s3_store.ts";
import { testStore } from "../support/store_suite.ts";
import { FakeServer } from "./fake_server.ts";

const LOCATION = { bucket: "tests", key: "work" };

/** Returns the store of a server. */
function storeOf(server: FakeServer): S3Store {
  return new S3Store(LOCATION, server.access);
}

testStore("S3Store on a server in memory", () => {
  const server = new FakeServer();
  const store = storeOf(server);
  return Promise.resolve({
    store,
    async [Symbol.asyncDispose]() {
      store[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  });
}, { largeBytes: 2 ** 24 + 5 });

Deno.test("walk() gives a key that no address can hold the size -1, and passes over folders", async () => {
  await using server = new FakeServer();
  const store = storeOf(server);
  await store.writeAtomic("a", new Uint8Array(2));
  const object = server.objects.get("tests/work/a")!;
  server.objects.set("tests/work/b/../c", object);
  server.objects.set("tests/work/folder/", object);
  assertEquals(
    (await store.list("")).map(({ path, sizeBytes }) => [path, sizeBytes]),
    [["a", 2], ["b/../c", -1]],
  );
  assertEquals(await store.folders(""), ["b", "folder"]);
});

Deno.test("list() refuses an answer that is no list: nothing must look absent", async () => {
  await using server = new FakeServer();
  const store = storeOf(server);
  server.instead = () => new Response("<html></html>");
  await assertRejects(
    () => store.list("runs"),
    ObjectStoreError,
    'Cannot list "s3://tests/work/runs/" as the server must answer ListObjectsV2: its answer is no page of that',
  );
});

Deno.test("readRange() refuses a server that sends all in place of a part", async () => {
  await using server = new FakeServer();
  const store = storeOf(server);
  server.instead = () => new Response("ab");
  await assertRejects(
    () => store.readRange("a", 2, 4),
    ObjectStoreError,
    'Cannot read part of "a" in "s3://tests/work" as the server must send parts: it sends all',
  );
});
