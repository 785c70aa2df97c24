import { assertEquals, assertRejects } from "@std/assert";
import { BatchQueue } from "../../pipeline/classify/batch_queue.ts";

/** A device whose batches end when the test says so. */
function testDevice(
  options: { most: number; atOnce: number; waitMs?: number },
) {
  const batches: { items: number[]; end: (error?: Error) => void }[] = [];
  const queue = new BatchQueue<number, number>({
    ...options,
    most: () => options.most,
    run(items) {
      const { promise, resolve, reject } = Promise.withResolvers<number[]>();
      const end = (error?: Error) =>
        error ? reject(error) : resolve(items.map((item) => 2 * item));
      batches.push({ items, end });
      return promise;
    },
  });
  return { queue, batches };
}

/** Lets promises that are settled be heard. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("BatchQueue runs a single item at once, and what waits together", async () => {
  const { queue, batches } = testDevice({ most: 3, atOnce: 1 });
  const first = queue.add(1);
  await settle();
  const rest = [2, 3, 4, 5].map((item) => queue.add(item));
  await settle();
  assertEquals(batches.map(({ items }) => items), [[1]]);
  batches[0]!.end();
  assertEquals(await first, 2);
  await settle();
  assertEquals(batches.map(({ items }) => items), [[1], [2, 3, 4]]);
  batches[1]!.end();
  await settle();
  batches[2]!.end();
  assertEquals(await Promise.all(rest), [4, 6, 8, 10]);
});

Deno.test("BatchQueue asks how many items the next batch may have", async () => {
  let most = 3;
  const batches: number[][] = [];
  const queue = new BatchQueue<number, number>({
    most: () => most,
    atOnce: 1,
    run(items) {
      batches.push(items);
      most = 2;
      return Promise.resolve(items);
    },
  });
  await Promise.all([1, 2, 3, 4, 5, 6].map((item) => queue.add(item)));
  assertEquals(batches, [[1, 2, 3], [4, 5], [6]]);
});

Deno.test("BatchQueue has no more batches under way than it may", async () => {
  const { queue, batches } = testDevice({ most: 1, atOnce: 2 });
  const answers = [1, 2, 3].map((item) => queue.add(item));
  await settle();
  assertEquals(batches.length, 2);
  for (let i = 0; i < 3; i++) {
    batches[i]!.end();
    await settle();
  }
  assertEquals(await Promise.all(answers), [2, 4, 6]);
});

Deno.test("BatchQueue fails the items of one batch, and goes on", async () => {
  const { queue, batches } = testDevice({ most: 2, atOnce: 1 });
  const failed = [1, 2].map((item) => queue.add(item));
  for (const answer of failed) answer.catch(() => {});
  const next = queue.add(3);
  await settle();
  batches[0]!.end(new Error("the device is lost"));
  for (const answer of failed) {
    await assertRejects(() => answer, Error, "the device is lost");
  }
  await settle();
  batches[1]!.end();
  assertEquals(await next, 6);
});

Deno.test("drain() waits for all that was added", async () => {
  const { queue, batches } = testDevice({ most: 1, atOnce: 1 });
  queue.add(1);
  queue.add(2);
  let drained = false;
  const done = queue.drain().then(() => drained = true);
  for (let i = 0; i < 2; i++) {
    await settle();
    assertEquals(drained, false);
    batches[i]!.end();
  }
  await done;
});

Deno.test("BatchQueue lets a batch wait for more while the device works", async () => {
  const { queue, batches } = testDevice({ most: 3, atOnce: 2, waitMs: 1e6 });
  const answers = [queue.add(1)];
  await settle();
  // The device is idle no more: the next batch waits until it is full.
  answers.push(queue.add(2), queue.add(3));
  await settle();
  assertEquals(batches.map(({ items }) => items), [[1]]);
  answers.push(queue.add(4));
  await settle();
  assertEquals(batches.map(({ items }) => items), [[1], [2, 3, 4]]);
  answers.push(queue.add(5));
  for (let i = 0; i < 3; i++) {
    batches[i]!.end();
    await settle();
  }
  assertEquals(await Promise.all(answers), [2, 4, 6, 8, 10]);
});

Deno.test("BatchQueue lets a batch wait no longer than it may", async () => {
  const { queue, batches } = testDevice({ most: 3, atOnce: 2, waitMs: 1 });
  const answers = [queue.add(1)];
  await settle();
  answers.push(queue.add(2));
  while (batches.length < 2) await settle();
  assertEquals(batches.map(({ items }) => items), [[1], [2]]);
  for (const { end } of batches) end();
  assertEquals(await Promise.all(answers), [2, 4]);
});

Deno.test("BatchQueue gives an item up that still waits, no other", async () => {
  const { queue, batches } = testDevice({ most: 1, atOnce: 1 });
  const controller = new AbortController();
  const first = queue.add(1, controller.signal);
  const second = queue.add(2, controller.signal);
  const third = queue.add(3);
  await settle();
  controller.abort(new Error("gone"));
  await assertRejects(() => second, Error, "gone");
  batches[0]!.end();
  await settle();
  batches[1]!.end();
  assertEquals([await first, await third], [2, 6]);
  assertEquals(batches.map(({ items }) => items), [[1], [3]]);
});

Deno.test("BatchQueue ends the wait of a batch that is given up", async () => {
  const { queue, batches } = testDevice({ most: 3, atOnce: 2, waitMs: 1e6 });
  const controller = new AbortController();
  const first = queue.add(1);
  await settle();
  const second = queue.add(2, controller.signal);
  await settle();
  controller.abort(new Error("gone"));
  // A timer that still ran would fail the test.
  await assertRejects(() => second, Error, "gone");
  batches[0]!.end();
  assertEquals(await first, 2);
});
