import { assertEquals, assertRejects } from "@std/assert";
import { FormatError } from "../../pipeline/errors.ts";
import {
  decodeHead,
  encodeHead,
  HEAD_FILES,
} from "../../pipeline/head/checkpoint.ts";
import { findLastEngine } from "../../pipeline/stages/head_resume.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { testContext } from "../support/stage_context.ts";
import { find, run, stopAfter, workOf } from "./head_support.ts";

Deno.test("HEAD gives the same bytes when it was stopped and went on", async () => {
  const whole = testContext();
  await run(whole);
  const store = new MemoryStore();
  for (const epochs of [1, 2]) {
    await assertRejects(() => run(stopAfter(epochs, store)));
  }
  await run(testContext(store));
  assertEquals(store.files, whole.store.files);
});

Deno.test.each([
  ["begun by the stop", {}],
  ["begun before it", { stepsPerEpoch: 50 }],
])("HEAD throws why a save fails that was %s", async (_, options) => {
  const context = stopAfter(1);
  const { emit, store } = context;
  context.emit = (event) => {
    if (event.type === "start") store.failOn = HEAD_FILES.checkpoint;
    emit(event);
  };
  await assertRejects(() => run(context, options), Error, "is on fire");
});

Deno.test.each(["checkpoint", "best"] as const)(
  "HEAD starts again when its %s is damaged",
  async (name) => {
    const whole = testContext();
    await run(whole);
    const stopped = stopAfter(2);
    await assertRejects(() => run(stopped));
    const { store } = stopped;
    store.flipBit(find(store, HEAD_FILES[name]), 900);
    const context = testContext(store);
    await run(context);
    assertEquals(context.events[0]?.type, "damaged");
    assertEquals(store.files, whole.store.files);
  },
);

Deno.test("HEAD starts again when the checkpoint in its directory is of another seed", async () => {
  const whole = testContext();
  const { files } = await run(whole, { seed: 1 });
  const stopped = stopAfter(2);
  await assertRejects(() => run(stopped, { seed: 2 }));
  const store = new MemoryStore();
  for (const name of [HEAD_FILES.checkpoint, HEAD_FILES.best]) {
    const bytes = stopped.store.files.get(find(stopped.store, name))!;
    await store.writeAtomic(files.path(name), bytes);
  }
  const context = testContext(store);
  await run(context, { seed: 1 });
  const path = files.path(HEAD_FILES.checkpoint);
  assertEquals(context.events[0], {
    type: "damaged",
    stage: "head",
    path,
    reason:
      `Cannot use "${path}" as it must be of the same training: its work is another`,
  });
  assertEquals(store.files, whole.store.files);
});

Deno.test("HEAD goes on where another training of the same course is, whole or not", async () => {
  const whole = testContext();
  await run(whole, { patience: 0, epochs: 7 });
  const { store } = testContext();
  await run(testContext(store), { patience: 0, epochs: 3 });
  await assertRejects(() =>
    run(stopAfter(5, store), { patience: 0, epochs: 9 })
  );
  const before = new Map(store.files);
  const context = testContext(store);
  const { files } = await run(context, { patience: 0, epochs: 7 });
  const [start] = context.events;
  assertEquals(start?.type === "start" && start.done, 5);
  for (const name of [...Object.values(HEAD_FILES), "manifest.json"]) {
    const path = files.path(name);
    assertEquals(store.files.get(path), whole.store.files.get(path), name);
  }
  for (const [path, bytes] of before) {
    assertEquals(store.files.get(path), bytes, path);
  }
});

Deno.test.each(["checkpoint", "best"] as const)(
  "HEAD takes the next training, and touches nothing, when another's %s is damaged",
  async (name) => {
    const { store } = testContext();
    await run(testContext(store), { patience: 0, epochs: 2 });
    const { files } = await run(testContext(store), {
      patience: 0,
      epochs: 4,
    });
    store.flipBit(files.path(HEAD_FILES[name]), 900);
    store.removals.length = 0;
    const context = testContext(store);
    await run(context, { patience: 0, epochs: 6 });
    const [start] = context.events;
    assertEquals(start?.type === "start" && start.done, 2);
    assertEquals(store.removals, []);
  },
);

Deno.test("HEAD writes a checkpoint every 50 steps, and goes on from it when it was killed", async () => {
  const options = { patience: 0, epochs: 6, stepsPerEpoch: 25 };
  const whole = testContext();
  await run(whole, options);
  const killed = testContext();
  const { emit, store } = killed;
  killed.emit = (event) => {
    emit(event);
    if (event.type !== "epoch" || event.record.epoch < 3) return;
    throw new Error("killed");
  };
  await assertRejects(() => run(killed, options), Error, "killed");
  // As if it was killed between the best weights and a checkpoint of the fourth epoch.
  const path = find(store, HEAD_FILES.best);
  const best = await decodeHead(store.files.get(path)!, path);
  const metadata = { ...best.metadata, epoch: "4" };
  store.files.set(path, await encodeHead({ ...best, metadata }));
  const context = testContext(store);
  await run(context, options);
  const [start] = context.events;
  assertEquals(start?.type === "start" && start.done, 2);
  assertEquals(store.files, whole.store.files);
});

Deno.test("HEAD keeps no best weights that prove to be of no best epoch", async () => {
  const whole = testContext();
  await run(whole);
  const stopped = stopAfter(2);
  await assertRejects(() => run(stopped));
  const { store } = stopped;
  // As another machine may leave them, whose numbers differ, when it is killed.
  const path = find(store, HEAD_FILES.best);
  const best = await decodeHead(store.files.get(path)!, path);
  const metadata = { ...best.metadata, epoch: "3" };
  store.files.set(path, await encodeHead({ ...best, metadata }));
  await assertRejects(
    () => run(testContext(store)),
    FormatError,
    `Cannot use "${path}" as it holds the weights of epoch 3, and epoch 1 is the best`,
  );
  // What is damaged is removed, and the stage done again.
  store.files.delete(path);
  await run(testContext(store));
  assertEquals(store.files, whole.store.files);
});

Deno.test("HEAD takes no best weights of an epoch that it will not train", async () => {
  const options = { patience: 0, epochs: 1 };
  const whole = testContext();
  const { files } = await run(whole, options);
  // Killed after the best weights of the second epoch and before its checkpoint.
  const stopped = stopAfter(1);
  await assertRejects(() => run(stopped, { patience: 0, epochs: 2 }));
  const { store } = stopped;
  const next = find(store, HEAD_FILES.best);
  const best = await decodeHead(store.files.get(next)!, next);
  const metadata = { ...best.metadata, epoch: "2" };
  store.files.set(next, await encodeHead({ ...best, metadata }));
  await run(testContext(store), options);
  const path = files.path(HEAD_FILES.best);
  assertEquals(store.files.get(path), whole.store.files.get(path));
});

Deno.test("findLastEngine() names the engine of the checkpoint where training would go on", async () => {
  const { store } = testContext();
  const find = async (epochs: number) =>
    await findLastEngine(store, await workOf({ patience: 0, epochs }));
  assertEquals(await find(4), undefined);
  const runOn = (engine: string, epochs: number) =>
    run(testContext(store), { patience: 0, epochs }, { engine });
  await runOn("a", 1);
  await runOn("b", 2);
  assertEquals(await find(4), "b");
  assertEquals(await find(1), "a");
  const { files } = await runOn("c", 4);
  assertEquals(await find(4), "c");
  store.files.set(files.path(HEAD_FILES.checkpoint), new Uint8Array(9));
  assertEquals(await find(4), "b");
});

Deno.test("findLastEngine() names the engine whose best weights are of the next epoch", async () => {
  const { store } = testContext();
  const options = { patience: 0, epochs: 2 };
  const { files } = await run(testContext(store), options, { engine: "a" });
  const path = files.path(HEAD_FILES.best);
  const best = await decodeHead(store.files.get(path)!, path);
  const metadata = { ...best.metadata, epoch: "3", engine: "b" };
  store.files.set(path, await encodeHead({ ...best, metadata }));
  const work = await workOf({ ...options, epochs: 4 });
  assertEquals(await findLastEngine(store, work), "b");
  store.files.delete(path);
  assertEquals(await findLastEngine(store, work), undefined);
});
