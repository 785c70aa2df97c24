import { assert, assertEquals, assertRejects } from "@std/assert";
import { findUnused, removeUnused } from "../../pipeline/run/clean.ts";
import { removeUnusedObjects } from "../../pipeline/run/clean_objects.ts";
import { S3Store } from "../../pipeline/s3/s3_store.ts";
import { FakeServer } from "../s3/fake_server.ts";

const OLD = "tensors-0123456789abcdef";

/** Opens a work directory with artifacts, locks and uploads that nothing needs, and others. */
async function openWork(server: FakeServer) {
  const location = { bucket: "tests", key: "work" };
  const store = new S3Store(location, server.access);
  const paths = [
    `artifacts/${OLD}/manifest.json`,
    `artifacts/${OLD}/train-00000-of-00001.safetensors`,
    "artifacts/not-ours/a",
    "artifacts/readme",
    "other",
  ];
  for (const path of paths) await store.writeAtomic(path, new Uint8Array(4));
  server.nowMs = Date.now();
  const day = 24 * 60 * 60 * 1000;
  const uploads: [string, number][] = [
    ["artifacts/a/dead", day + 60_000],
    ["artifacts/a/alive", day - 60_000],
    ["not-ours/dead", 2 * day],
  ];
  for (const [path, age] of uploads) {
    server.uploads.set(path, {
      path: `tests/work/${path}`,
      parts: new Map(),
      begunMs: server.nowMs - age,
      mark: "",
    });
  }
  return { root: "s3://tests/work", store };
}

Deno.test("findUnused() and removeUnused() take from an object store what nothing needs", async () => {
  await using server = new FakeServer();
  const work = await openWork(server);
  const unused = await findUnused(work);
  assertEquals(unused, [
    { path: `artifacts/${OLD}`, kind: "artifacts", files: 2, sizeBytes: 8 },
    { path: "artifacts/a/dead", kind: "debris", files: 1, sizeBytes: 0 },
  ]);
  assertEquals(await removeUnused(work, unused), unused);
  assertEquals((await work.store.list("")).map(({ path }) => path), [
    "artifacts/not-ours/a",
    "artifacts/readme",
    "other",
  ]);
  assertEquals([...server.uploads.keys()], [
    "artifacts/a/alive",
    "not-ours/dead",
  ]);
  assertEquals(await findUnused(work), []);
});

Deno.test("removeUnused() removes nothing while a task holds a lease, and the lease of one that died", async () => {
  await using server = new FakeServer();
  const work = await openWork(server);
  const lease = await work.store.tryLock(OLD);
  assert(lease !== undefined);
  const unused = await findUnused(work);
  assertEquals(unused.at(-1)?.kind, "lock");
  const error = await assertRejects(() => removeUnused(work, unused));
  const { message } = error as Error;
  const start =
    `Cannot clean as another task makes "${OLD}", process ${Deno.pid} on `;
  assertEquals(message.slice(0, start.length), start);
  await (lease as AsyncDisposable)[Symbol.asyncDispose]();
  await work.store.writeAtomic(`locks/${OLD}`, new Uint8Array(1));
  server.nowMs += 61_000;
  await removeUnused(work, await findUnused(work));
  assertEquals(await work.store.list("locks"), []);
});

Deno.test("removeUnusedObjects() looks what is unused while it holds the leases, and gives them back", async () => {
  await using server = new FakeServer();
  const { root, store } = await openWork(server);
  const found = await findUnused({ root, store });
  const before = await store.list("artifacts");
  let leases: string[] = [];
  const removed = await removeUnusedObjects(store, found, async () => {
    leases = (await store.list("locks")).map(({ path }) => path);
    // By now a run refers to it.
    return [];
  });
  assertEquals(leases, [`locks/${OLD}`]);
  assertEquals(removed, []);
  assertEquals(await store.list("artifacts"), before);
  assertEquals(await store.list("locks"), []);
});
