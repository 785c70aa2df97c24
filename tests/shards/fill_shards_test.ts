import { assertEquals, assertRejects } from "@std/assert";
import type { Work } from "../../pipeline/artifact/fingerprint.ts";
import { sealTensors } from "../../pipeline/artifact/shard.ts";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import {
  fillShards,
  type ShardJob,
} from "../../pipeline/shards/fill_shards.ts";
import { type TestContext, testContext } from "../support/stage_context.ts";

const WORK: Work = { stage: "tensors", version: 1, config: {}, inputs: {} };

/** Names of three shards, of two images each. */
const NAMES = [0, 1, 2].map((i) => `train-0000${i}-of-00003.safetensors`);

/** Jobs for the three shards; `made` is called with the names of those that are made. */
function jobs(
  made: string[],
  after: (name: string) => void = () => {},
): ShardJob[] {
  return NAMES.map((path, i) => ({
    path,
    images: 2,
    make: (progress) => {
      made.push(path);
      progress(1);
      after(path);
      const record = toTensor(new Int32Array([2 * i, 2 * i + 1]), [2]);
      return Promise.resolve({ tensors: { record }, metadata: { n: `${i}` } });
    },
  }));
}

/** Fills the three shards; returns what came of it, and which were made. */
async function fill(context: TestContext) {
  const files = await StageFiles.open(context.store, WORK);
  const made: string[] = [];
  const filled = await fillShards(files, jobs(made), context);
  return { files, filled, made };
}

Deno.test("fillShards() makes shards in order and describes each", async () => {
  const context = testContext();
  const { files, filled, made } = await fill(context);
  assertEquals(made, NAMES);
  assertEquals(context.store.writes, NAMES.map((name) => files.path(name)));
  assertEquals(filled.map(({ records }) => [...records]), [
    [0, 1],
    [2, 3],
    [4, 5],
  ]);
  for (const [i, { entry, metadata }] of filled.entries()) {
    const bytes = context.store.files.get(files.path(NAMES[i]!))!;
    assertEquals([entry.path, entry.rows], [NAMES[i], 2]);
    assertEquals(entry.sizeBytes, bytes.byteLength);
    await files.readVerified(entry);
    assertEquals(metadata, {
      n: `${i}`,
      stage: "tensors",
      fingerprint: files.fingerprint,
      shard: NAMES[i]!,
    });
  }
});

Deno.test("fillShards() writes the files that it is given a function for", async () => {
  const [here, elsewhere] = [testContext(), testContext()];
  await fill(here);
  const sealed: string[] = [];
  const files = await StageFiles.open(elsewhere.store, WORK);
  const filled = await fillShards(files, jobs([]), {
    ...elsewhere,
    seal(tensors, metadata) {
      sealed.push(metadata.shard!);
      return sealTensors(tensors, metadata);
    },
  });
  assertEquals(sealed, NAMES);
  assertEquals(elsewhere.store.files, here.store.files);
  for (const { entry } of filled) await files.readVerified(entry);
});

Deno.test("fillShards() counts images over all shards", async () => {
  const context = testContext();
  await fill(context);
  const progress = (done: number) =>
    ({ type: "progress", stage: "tensors", done, total: 6 }) as const;
  assertEquals(context.events, [
    { type: "start", stage: "tensors", done: 0, total: 6, unit: "images" },
    ...[1, 2, 3, 4, 5, 6].map(progress),
  ]);
});

Deno.test("fillShards() gives the same bytes when given the same jobs", async () => {
  const [one, other] = [testContext(), testContext()];
  await fill(one);
  await fill(other);
  assertEquals(one.store.files, other.store.files);
});

Deno.test("fillShards() keeps whole shards, and makes missing and damaged ones again", async () => {
  const { store } = testContext();
  const { files, filled: before } = await fill(testContext(store));
  const expected = structuredClone(store.files);
  store.files.delete(files.path(NAMES[0]!));
  store.flipBit(files.path(NAMES[2]!), -1);
  store.writes.length = 0;
  const context = testContext(store);
  const { filled, made } = await fill(context);
  assertEquals(made, [NAMES[0], NAMES[2]]);
  assertEquals(store.writes, made.map((name) => files.path(name)));
  assertEquals(store.files, expected);
  assertEquals(filled.map((f) => f.entry), before.map((f) => f.entry));
  assertEquals(filled.map((f) => f.records), before.map((f) => f.records));
  assertEquals(filled.map(({ isKept }) => isKept), [false, true, false]);
  const damaged = context.events.filter(({ type }) => type === "damaged");
  assertEquals(damaged.length, 1);
  const done = context.events.flatMap((event) =>
    "done" in event ? [`${event.type} ${event.done}`] : []
  );
  assertEquals(done, [
    "start 0",
    "progress 2",
    "start 2",
    ...[3, 4, 5, 6].map((n) => `progress ${n}`),
  ]);
});

Deno.test("fillShards() writes nothing when every shard is there", async () => {
  const { store } = testContext();
  await fill(testContext(store));
  store.writes.length = 0;
  const context = testContext(store);
  const { made, filled } = await fill(context);
  assertEquals(made, []);
  assertEquals(store.writes, []);
  assertEquals(filled[1]?.metadata.n, "1");
  assertEquals(context.events.at(-1), {
    type: "progress",
    stage: "tensors",
    done: 6,
    total: 6,
  });
});

Deno.test("fillShards() makes a shard again when it is one of other work", async () => {
  const { store } = testContext();
  await fill(testContext(store));
  const other = await StageFiles.open(store, { ...WORK, version: 2 });
  const mine = await StageFiles.open(store, WORK);
  for (const name of NAMES) {
    store.files.set(other.path(name), store.files.get(mine.path(name))!);
  }
  const made: string[] = [];
  await fillShards(other, jobs(made), testContext(store));
  assertEquals(made, NAMES);
});

Deno.test("fillShards() stops between shards, and goes on from there", async () => {
  const { store } = testContext();
  const files = await StageFiles.open(store, WORK);
  const context = testContext(store);
  const made: string[] = [];
  const stopAfterSecond = jobs(made, (name) => {
    if (name === NAMES[1]) context.stop();
  });
  await assertRejects(
    () => fillShards(files, stopAfterSecond, context),
    DOMException,
    "aborted",
  );
  assertEquals(store.writes, [files.path(NAMES[0]!), files.path(NAMES[1]!)]);
  assertEquals((await fill(testContext(store))).made, [NAMES[2]]);
  const whole = testContext();
  await fill(whole);
  assertEquals(store.files, whole.store.files);
});

Deno.test("fillShards() leaves the shards before when one cannot be made", async () => {
  const { store } = testContext();
  const files = await StageFiles.open(store, WORK);
  const failing = jobs([], (name) => {
    if (name === NAMES[1]) throw new Error("No image in it");
  });
  await assertRejects(
    () => fillShards(files, failing, testContext(store)),
    Error,
    "No image in it",
  );
  assertEquals(store.writes, [files.path(NAMES[0]!)]);
});

Deno.test("fillShards() reads ahead for the next shard that is missing", async () => {
  const context = testContext();
  const { files } = await fill(context);
  context.store.files.delete(files.path(NAMES[0]!));
  context.store.files.delete(files.path(NAMES[2]!));
  const calls: string[] = [];
  const reading = jobs([]).map((job, i): ShardJob => ({
    ...job,
    ahead: () => void calls.push(`read ${i}`),
    async make(progress) {
      calls.push(`make ${i}`);
      const content = await job.make(progress);
      calls.push(`made ${i}`);
      return content;
    },
  }));
  await fillShards(files, reading, context);
  assertEquals(calls, ["make 0", "read 2", "made 0", "make 2", "made 2"]);
});
