import { assertEquals, assertRejects } from "@std/assert";
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
