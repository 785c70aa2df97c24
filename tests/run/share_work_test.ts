import { assertEquals, assertRejects } from "@std/assert";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import type { RunParts } from "../../pipeline/run/events.ts";
import { shareWork } from "../../pipeline/run/share_work.ts";
import { MemoryStore } from "../support/memory_store.ts";

Deno.test("settle() throws what stopped a part, also where its note cannot be written", async () => {
  const store = new MemoryStore();
  store.failOn = ".json";
  const { signal } = new AbortController();
  const parts = { store, signal, emit() {} } as unknown as RunParts;
  const work = { stage: "tensors", version: 1, config: {}, inputs: {} };
  const role = { index: 0, count: 2 };
  const { settle } = await shareWork(parts, work, role, undefined);
  const failure = new Error("the disk is full");
  const error = await assertRejects(() => settle(Promise.reject(failure)));
  assertEquals(error, failure);
});

Deno.test("settle() leaves no note of a part that ends while its stage is sealed", async () => {
  const store = new MemoryStore();
  const { signal } = new AbortController();
  const parts = { store, signal, emit() {} } as unknown as RunParts;
  const work = { stage: "tensors", version: 1, config: {}, inputs: {} };
  const files = await StageFiles.open(store, work);
  const share = async (index: number) => {
    const { settle } = await shareWork(
      parts,
      work,
      { index, count: 2 },
      undefined,
    );
    await settle(Promise.resolve(undefined));
  };
  await share(0);
  const end = "-00000-of-00002.json";
  assertEquals([...store.files.keys()].map((path) => path.slice(-20)), [end]);
  // The other part writes its note between manifest and removal of the notes.
  const { settle } = await shareWork(parts, work, "seal", undefined);
  await files.seal([], {});
  await share(1);
  await settle(Promise.resolve(undefined));
  assertEquals([...store.files.keys()], [files.path("manifest.json")]);
});

Deno.test("a part that is to stop tells so before it has stopped", async () => {
  const store = new MemoryStore();
  const controller = new AbortController();
  const parts = { store, signal: controller.signal, emit() {} };
  const work = { stage: "tensors", version: 1, config: {}, inputs: {} };
  const { settle } = await shareWork(
    parts as unknown as RunParts,
    work,
    { index: 0, count: 2 },
    undefined,
  );
  const made = Promise.withResolvers<undefined>();
  const settled = settle(made.promise);
  controller.abort();
  // The note is written by a timer.
  while (store.files.size === 0) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const [bytes] = store.files.values();
  const { state } = JSON.parse(new TextDecoder().decode(bytes));
  assertEquals(state, "stopped");
  made.reject(controller.signal.reason);
  await assertRejects(() => settled);
});
