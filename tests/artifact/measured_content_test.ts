import { assertEquals } from "@std/assert";
import { measureContent } from "../../pipeline/artifact/measured_content.ts";
import { MemoryStore } from "../support/memory_store.ts";

Deno.test("measureContent() describes parts as it does the whole", async () => {
  const bytes = new Uint8Array(100).map((_, i) => i);
  const parts = [bytes.subarray(0, 5), bytes.subarray(5)];
  const [whole, cut] = [measureContent(bytes), measureContent(parts)];
  const store = new MemoryStore();
  await store.writeAtomic("a", cut.content);
  assertEquals(store.files.get("a"), bytes);
  assertEquals(cut.describe("a"), whole.describe("a"));
});
