import { assertEquals } from "@std/assert";
import { MemoryStore } from "../support/memory_store.ts";
import { readLargeIndex, writeLargeIndex } from "./large_index.ts";

Deno.test("readLargeIndex() finds what writeLargeIndex() wrote", async () => {
  const store = new MemoryStore();
  await writeLargeIndex(store, 20_000);
  const { trainImages, shards, warnings } = await readLargeIndex(store, 20_000);
  assertEquals([trainImages, shards], [16_000, 314]);
  // Twenty photos a class, two of them in each held-out split. None is a copy.
  assertEquals(warnings, []);
});
