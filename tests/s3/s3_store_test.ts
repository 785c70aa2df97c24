import { assert, assertEquals, assertRejects } from "@std/assert";
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

Deno.test("writeAtomic() throws when the server fails to complete an upload, and aborts it", async () => {
  await using server = new FakeServer();
  const store = storeOf(server);
  server.instead = ({ method, url }) =>
    method === "POST" && url.includes("uploadId")
      ? new Response("<Error><Code>InternalError</Code></Error>")
      : undefined;
  await assertRejects(
    () => store.writeAtomic("a", new Uint8Array(2 ** 24 + 1)),
    ObjectStoreError,
    'Cannot write "s3://tests/work/a" as the server answered InternalError',
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

/** Lets the next leases be renewed by hand; returns what renews all of them. */
function holdTimers(): Disposable & { renew: () => void } {
  const { setInterval, clearInterval } = globalThis;
  const timers = new Map<number, () => void>();
  const hold = (fn: () => void) => {
    timers.set(timers.size + 1, fn);
    return timers.size;
  };
  const release = (id: number) => void timers.delete(id);
  Object.assign(globalThis, { setInterval: hold, clearInterval: release });
  return {
    renew: () => timers.forEach((fn) => fn()),
    [Symbol.dispose]: () =>
      void Object.assign(globalThis, { setInterval, clearInterval }),
  };
}

Deno.test("tryLock() takes over a lease that nobody renewed for a minute by the clock of the server", async () => {
  await using server = new FakeServer();
  using _timers = holdTimers();
  const [one, other] = [storeOf(server), storeOf(server)];
  assert(await one.tryLock("head-0"));
  server.nowMs += 60_000;
  assertEquals(await other.tryLock("head-0"), undefined);
  server.nowMs += 1000;
  await using taken = await other.tryLock("head-0");
  assert(taken);
  const holder = await one.lockHolder("head-0");
  assert(holder.startsWith(`process ${Deno.pid} on `), holder);
});

Deno.test("a lease that is renewed is not taken over, and one that was is left to the other", async () => {
  await using server = new FakeServer();
  using timers = holdTimers();
  const path = "tests/work/locks/head-0";
  const [one, other] = [storeOf(server), storeOf(server)];
  const lease = (await one.tryLock("head-0")) as AsyncDisposable;
  const first = server.objects.get(path)!;
  server.nowMs += 50_000;
  timers.renew();
  while (server.objects.get(path) === first) {
    await new Promise((done) => setTimeout(done, 1));
  }
  server.nowMs += 50_000;
  assertEquals(await other.tryLock("head-0"), undefined);
  server.nowMs += 50_000;
  await using _taken = await other.tryLock("head-0");
  const nameOf = () =>
    JSON.parse(new TextDecoder().decode(server.objects.get(path)!.bytes)).lease;
  const theirs = nameOf();
  timers.renew();
  await lease[Symbol.asyncDispose]();
  assertEquals(nameOf(), theirs);
});

Deno.test("tryLock() knows its own lease when the answer was lost", async () => {
  await using server = new FakeServer();
  using _timers = holdTimers();
  const store = storeOf(server);
  let isLost = false;
  server.instead = ({ method }, bytes) => {
    if (method !== "PUT" || isLost) return undefined;
    isLost = true;
    const path = "tests/work/locks/head-0";
    const object = { bytes, tag: '"tag"', modifiedMs: server.nowMs, mark: "" };
    server.objects.set(path, object);
    return new Response(null, { status: 503 });
  };
  const lease = await store.tryLock("head-0");
  assert(lease);
  await (lease as AsyncDisposable)[Symbol.asyncDispose]();
  assertEquals(server.objects.size, 0);
});

Deno.test("a lease that is renewed twice at a time is still held", async () => {
  await using server = new FakeServer();
  using timers = holdTimers();
  const lease = (await storeOf(server).tryLock("head-0")) as AsyncDisposable;
  timers.renew();
  timers.renew();
  await lease[Symbol.asyncDispose]();
  assertEquals(server.objects.size, 0);
});

Deno.test("tryLock() takes and renews a lease where the server refuses conditions, and leaves that of another", async () => {
  await using server = new FakeServer();
  using timers = holdTimers();
  server.instead = ({ headers }) =>
    headers.has("if-match") || headers.has("if-none-match")
      ? new Response(null, { status: 501 })
      : undefined;
  const [one, other] = [storeOf(server), storeOf(server)];
  const lease = (await one.tryLock("head-0")) as AsyncDisposable;
  assert(lease);
  assertEquals(await other.tryLock("head-0"), undefined);
  const first = server.objects.get("tests/work/locks/head-0");
  timers.renew();
  await lease[Symbol.asyncDispose]();
  assert(first);
  assertEquals(server.objects.size, 0);
});
