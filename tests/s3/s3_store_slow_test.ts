/**
 * The store on a real server, over a good and over a bad connection.
 *
 * @module
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { StoreClient } from "../../pipeline/s3/client.ts";
import { S3Store } from "../../pipeline/s3/s3_store.ts";
import { type OpenStore, testStore } from "../support/store_suite.ts";
import { startProxy } from "./faulty_proxy.ts";
import { HAS_SERVER, type S3Node, startNode } from "./node.ts";

let node: S3Node;

Deno.test.beforeAll(async () => {
  if (HAS_SERVER) node = await startNode();
});
Deno.test.afterAll(async () => {
  await node?.[Symbol.asyncDispose]();
});

/** Opens a store in a prefix of its own, or of a name. */
function openStore(key = `${crypto.randomUUID()}/ü +&`): S3Store {
  return new S3Store({ bucket: node.bucket, key }, node.access);
}

/** Connections of each kind that were bad. */
const bad: Record<string, number> = {};

/** Opens a store over a bad connection of its own. */
function openBadly(): Promise<OpenStore> {
  const proxy = startProxy(node.port, ++connections);
  const endpoint = `http://${proxy.host}`;
  const location = { bucket: node.bucket, key: crypto.randomUUID() };
  const access = () => ({ ...node.access(), endpoint });
  const store = new S3Store(location, access);
  return Promise.resolve({
    store,
    async [Symbol.asyncDispose]() {
      store[Symbol.dispose]();
      await proxy[Symbol.asyncDispose]();
      for (const [fate, count] of Object.entries(proxy.counts)) {
        bad[fate] = (bad[fate] ?? 0) + count;
      }
    },
  });
}
let connections = 0;

/** Opens a store over a good connection. */
function openWell(): Promise<OpenStore> {
  const store = openStore();
  const close = () => Promise.try(() => store[Symbol.dispose]());
  return Promise.resolve({ store, [Symbol.asyncDispose]: close });
}

const ignore = !HAS_SERVER;

testStore("S3Store", openWell, {
  ignore,
  largeBytes: 40 * 2 ** 20 + 5,
});

testStore("S3Store over a bad connection", openBadly, {
  ignore,
  largeBytes: 17 * 2 ** 20,
});

Deno.test({
  name: "the bad connection was bad in every way",
  ignore,
  fn: () => {
    const counts = Object.values(bad);
    assertEquals(counts.length, 4);
    assert(counts.every((count) => count >= 5), JSON.stringify(bad));
  },
});

Deno.test({
  name: "walk() finds each of more objects than a page has, in order",
  ignore,
  fn: async () => {
    using store = openStore();
    const paths = Array.from({ length: 1203 }, (_, i) => `f/${10_000 + i}`);
    for (let start = 0; start < paths.length; start += 64) {
      await Promise.all(
        paths.slice(start, start + 64).map((path) =>
          store.writeAtomic(path, new Uint8Array(1))
        ),
      );
    }
    const walked = await Array.fromAsync(store.walk(""), ({ path }) => path);
    assertEquals(walked, paths);
    assertEquals(await store.folders(""), ["f"]);
  },
});

Deno.test({
  name:
    "read() of a large object that is replaced meanwhile gives the old bytes or the new",
  ignore,
  fn: async () => {
    using store = openStore();
    const contents = [0, 1].map((value) =>
      new Uint8Array(20 * 2 ** 20 + value).fill(value)
    );
    await store.writeAtomic("a", contents[0]!);
    let isWriting = true;
    const write = async () => {
      for (const i of [1, 0, 1]) await store.writeAtomic("a", contents[i]!);
      isWriting = false;
    };
    const read = async () => {
      while (isWriting) {
        const bytes = (await store.read("a"))!;
        const { length } = contents[bytes[0]!]!;
        assertEquals(bytes.length, length);
        assert(bytes.every((byte) => byte === bytes[0]));
      }
    };
    await Promise.all([write(), read(), read()]);
  },
});

Deno.test({
  name:
    "an upload in parts that fails leaves none, and one that is killed is listed",
  ignore,
  fn: async () => {
    using store = openStore();
    const failure = new RangeError("the device is lost");
    const content = function* () {
      yield new Uint8Array(40 * 2 ** 20);
      throw failure;
    };
    await assertRejects(() => store.writeAtomic("a", content()), RangeError);
    assertEquals(await store.unfinished(), []);
    const { bucket, key } = store.location;
    const at = { bucket, key: `${key}/artifacts/b c+` };
    await new StoreClient(node.access).send({
      method: "POST",
      at,
      doing: "write",
      query: { uploads: "" },
    });
    const [upload, ...others] = await store.unfinished();
    assertEquals([upload!.path, others], ["artifacts/b c+", []]);
    await store.abort(upload!);
    assertEquals(await store.unfinished(), []);
    assertEquals(await store.list(""), []);
  },
});

Deno.test({
  name:
    "a lock goes to one of many who ask at once, and is kept from the others",
  ignore,
  fn: async () => {
    const key = crypto.randomUUID();
    const stores = Array.from({ length: 8 }, () => openStore(key));
    const locks = await Promise.all(
      stores.map((store) => store.tryLock("head-0")),
    );
    const taken = locks.filter((lock) => lock !== undefined);
    assertEquals(taken.length, 1);
    const holder = await stores[0]!.lockHolder("head-0");
    assert(holder.startsWith(`process ${Deno.pid} on `), holder);
    await (taken[0] as AsyncDisposable)[Symbol.asyncDispose]();
    assertEquals(await stores[0]!.list("locks"), []);
  },
});

Deno.test({
  name:
    "paths that lead out of the prefix lead where the key says, and none out of the bucket",
  ignore,
  fn: async () => {
    const root = crypto.randomUUID();
    using store = openStore(`${root}/a`);
    await store.writeAtomic("../b/x", new Uint8Array(2));
    assertEquals((await openStore(root).list("")).map(({ path }) => path), [
      "b/x",
    ]);
    const { bucket } = node;
    assertEquals((await store.read(`s3://${bucket}/${root}/b/x`))?.length, 2);
    assertEquals(await store.read("../../../x"), undefined);
    assertEquals(await store.stat("x".repeat(1100)), undefined);
    await assertRejects(
      () => store.writeAtomic("../../../x", new Uint8Array()),
      Error,
      "stay in the bucket",
    );
  },
});
