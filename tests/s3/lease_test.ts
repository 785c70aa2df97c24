import { assert, assertEquals } from "@std/assert";
import { S3Store } from "../../pipeline/s3/s3_store.ts";
import { FakeServer } from "./fake_server.ts";

/** Returns the store of a server. */
function storeOf(server: FakeServer): S3Store {
  return new S3Store({ bucket: "tests", key: "work" }, server.access);
}

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

Deno.test("a lease that was lost unnoticed is not taken from its new holder when it is given back", async () => {
  await using server = new FakeServer();
  using _timers = holdTimers();
  const [one, other] = [storeOf(server), storeOf(server)];
  const lease = (await one.tryLock("head-0")) as AsyncDisposable;
  // As for a task that was suspended.
  server.nowMs += 61_000;
  await using taken = await other.tryLock("head-0");
  assert(taken);
  const theirs = server.objects.get("tests/work/locks/head-0");
  await lease[Symbol.asyncDispose]();
  assertEquals(server.objects.get("tests/work/locks/head-0"), theirs);
});
