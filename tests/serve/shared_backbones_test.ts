import { assertEquals, assertRejects } from "@std/assert";
import type { Embedder } from "../../pipeline/backends/backend.ts";
import { SharedBackbones } from "../../pipeline/serve/shared_backbones.ts";

/** Backbones that say when they are opened and closed. */
function testBackbones() {
  const events: string[] = [];
  const batches: number[] = [];
  const backbones = new SharedBackbones((count) => batches.push(count));
  const open = (key: string) =>
    backbones.open(key, () => {
      events.push(`open ${key}`);
      const embedder: Embedder = {
        name: "cpu",
        description: key,
        embeddingSize: 1,
        batchSize: 4,
        embed: () => Promise.resolve(new Float32Array(1)),
        close: () => Promise.resolve(void events.push(`close ${key}`)),
      };
      return Promise.resolve(embedder);
    });
  return { backbones, open, events, batches };
}

Deno.test("SharedBackbones opens a backbone once, and closes it after the last user", async () => {
  const { open, events, batches } = testBackbones();
  const [first, second, other] = [
    await open("a"),
    await open("a"),
    await open("b"),
  ];
  assertEquals(events, ["open a", "open b"]);
  assertEquals([second.name, second.batchSize], ["cpu", 4]);
  await second.embed(new Uint8Array(3), { count: 3, views: ["plain"] });
  assertEquals(batches, [3]);
  await first.close();
  await other.close();
  assertEquals(events, ["open a", "open b", "close b"]);
  await second.close();
  assertEquals(events.at(-1), "close a");
  await open("a");
  assertEquals(events.at(-1), "open a");
});

Deno.test("SharedBackbones opens another in place of one that has failed", async () => {
  const { backbones, open, events } = testBackbones();
  const broken = await open("a");
  backbones.forget("a");
  const fresh = await open("a");
  await broken.close();
  assertEquals(events, ["open a", "open a", "close a"]);
  await open("a");
  await fresh.close();
  assertEquals(events.length, 3);
  const fail = () => Promise.reject(new Error("no device"));
  await assertRejects(() => backbones.open("b", fail), Error, "no device");
  await open("b");
  assertEquals(events.at(-1), "open b");
});
