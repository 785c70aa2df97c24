import { assertEquals, assertRejects } from "@std/assert";
import type { StageTime, Work } from "../../pipeline/artifact/fingerprint.ts";
import { defaultConfig } from "../../pipeline/config/config.ts";
import { recordTime, recordWork } from "../../pipeline/run/record_work.ts";
import { readRun, writeRun } from "../../pipeline/run/run_file.ts";
import type { RunFile } from "../../pipeline/run/run_format.ts";
import type { StageEvent } from "../../pipeline/shards/events.ts";
import { MemoryStore } from "../support/memory_store.ts";
import { testContext } from "../support/stage_context.ts";
import { tensorsRun, WORK } from "./tensors_run.ts";

Deno.test("recordWork() writes work that is new, and names no change", async () => {
  const store = new MemoryStore();
  const run: RunFile = { name: "a", config: defaultConfig(), works: {} };
  assertEquals(await recordWork(testContext(store), run, WORK), []);
  assertEquals(await readRun(store, "a"), tensorsRun());
});

Deno.test("recordWork() writes nothing when the work is the same", async () => {
  const store = new MemoryStore();
  await writeRun(store, tensorsRun());
  const same = structuredClone(WORK);
  assertEquals(await recordWork(testContext(store), tensorsRun(), same), []);
  assertEquals(store.writes.length, 2);
});

Deno.test("recordWork() says what changed, once", async () => {
  const store = new MemoryStore();
  const run = tensorsRun();
  const work: Work = {
    ...WORK,
    config: { imageSize: 224 },
    inputs: { records: "cd" },
  };
  assertEquals(await recordWork(testContext(store), run, work), [
    "imageSize was 96, is 224",
    "records changed",
  ]);
  assertEquals(run.works.tensors, work);
  assertEquals((await readRun(store, "a"))?.works.tensors, work);
  assertEquals(await recordWork(testContext(store), run, work), []);
});

/** What it took to make the tensors. */
const TIME = { seconds: 1.25, finishedAt: "2026-03-01T12:00:00.000Z" };

Deno.test("recordTime() keeps what the work took, until the work is another", async () => {
  const store = new MemoryStore();
  const run = tensorsRun();
  await writeRun(store, run);
  await recordTime(testContext(store), run, WORK, TIME);
  const expected = { ...tensorsRun(), times: { tensors: TIME } };
  assertEquals(await readRun(store, "a"), expected);
  assertEquals(run.times, { tensors: TIME });

  // Made again after damage.
  await recordTime(testContext(store), run, WORK, { ...TIME, seconds: 9 });
  await recordWork(testContext(store), run, structuredClone(WORK));
  await recordWork(testContext(store), run, { ...WORK, stage: "embeddings" });
  assertEquals((await readRun(store, "a"))?.times, { tensors: TIME });
  await recordWork(testContext(store), run, { ...WORK, version: 2 });
  assertEquals((await readRun(store, "a"))?.times, undefined);
  assertEquals(run.times, {});
});

Deno.test("recordTime() records nothing of work that is no longer the run's", async () => {
  const store = new MemoryStore();
  await recordTime(testContext(store), tensorsRun(), WORK, TIME);
  assertEquals(store.writes, []);
  await writeRun(store, tensorsRun());
  await recordTime(
    testContext(store),
    tensorsRun(),
    { ...WORK, version: 2 },
    TIME,
  );
  await recordTime(
    testContext(store),
    tensorsRun(),
    { ...WORK, stage: "head" },
    TIME,
  );
  assertEquals(await readRun(store, "a"), tensorsRun());
});

/** Names of stages that tasks of one run begin at once. */
const STAGES = ["tensors", "embeddings", "head", "evaluation"];

Deno.test("tasks that record at once lose nothing of each other", async () => {
  const store = new MemoryStore();
  await writeRun(store, { ...tensorsRun(), works: {} });
  const work = (stage: string): Work => ({ ...WORK, stage });
  const time = (stage: string): StageTime => ({
    ...TIME,
    seconds: STAGES.indexOf(stage),
  });
  await Promise.all(STAGES.map(async (stage) => {
    const run = { ...tensorsRun(), works: {} };
    await recordWork(testContext(store), run, work(stage));
    await recordTime(testContext(store), run, work(stage), time(stage));
  }));
  const { works, times } = (await readRun(store, "a"))!;
  assertEquals(
    works,
    Object.fromEntries(STAGES.map((stage) => [stage, work(stage)])),
  );
  assertEquals(
    times,
    Object.fromEntries(STAGES.map((stage) => [stage, time(stage)])),
  );
  assertEquals([...store.locks], []);
});

Deno.test("recordWork() keeps what is recorded while it waits for another task", async () => {
  const store = new MemoryStore();
  await writeRun(store, tensorsRun());
  const other = (await store.tryLock("run-a"))!;
  const head = { ...WORK, stage: "head" };
  const recording = recordWork(testContext(store), tensorsRun(), head);
  const embeddings = { ...WORK, stage: "embeddings" };
  const works = { ...tensorsRun().works, embeddings };
  await writeRun(store, { ...tensorsRun(), works });
  other[Symbol.dispose]();
  await recording;
  assertEquals((await readRun(store, "a"))?.works, { ...works, head });
});

Deno.test("recordWork() says after a second that it waits for another task, and hears a stop", async () => {
  const context = testContext();
  await writeRun(context.store, tensorsRun());
  using _other = (await context.store.tryLock("run-a"))!;
  const told = Promise.withResolvers<void>();
  const emit = (event: StageEvent) => {
    context.emit(event);
    told.resolve();
  };
  const head = { ...WORK, stage: "head" };
  const recording = recordWork({ ...context, emit }, tensorsRun(), head);
  const stopped = assertRejects(() => recording, DOMException, "aborted");
  await told.promise;
  context.stop();
  await stopped;
  assertEquals(context.events, [{
    type: "warning",
    stage: "run",
    message:
      'another task is writing "runs/a/run.json": waiting for another task of this test',
  }]);
  assertEquals(await readRun(context.store, "a"), tensorsRun());
});

Deno.test("recordWork() takes no lock when it has nothing to write", async () => {
  const store = new MemoryStore();
  await writeRun(store, tensorsRun());
  store.tryLock = () => Promise.reject(new Error("The disk is read-only"));
  assertEquals(await recordWork(testContext(store), tensorsRun(), WORK), []);
  await assertRejects(
    () => recordWork(testContext(store), tensorsRun(), { ...WORK, version: 2 }),
    Error,
    "The disk is read-only",
  );
});
