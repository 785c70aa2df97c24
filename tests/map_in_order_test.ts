import { assertEquals, assertRejects } from "@std/assert";
import { mapInOrder } from "../pipeline/map_in_order.ts";

/** Work that is done when the test says so; counts what is under way. */
class Desk {
  readonly pending = new Map<number, PromiseWithResolvers<string>>();
  readonly begun: number[] = [];
  underWay = 0;
  most = 0;

  readonly work = async (n: number): Promise<string> => {
    this.begun.push(n);
    this.most = Math.max(this.most, ++this.underWay);
    const answer = Promise.withResolvers<string>();
    this.pending.set(n, answer);
    try {
      return await answer.promise;
    } finally {
      this.underWay--;
    }
  };
}

Deno.test("mapInOrder() gives results in order when work ends out of order", async () => {
  const desk = new Desk();
  const results = Array.fromAsync(mapInOrder([0, 1, 2, 3], 4, desk.work));
  await Promise.resolve();
  for (const n of [2, 0, 3, 1]) desk.pending.get(n)!.resolve(`result ${n}`);
  assertEquals(await results, [0, 1, 2, 3].map((n) => `result ${n}`));
});

Deno.test.each([1, 2, 3])(
  "mapInOrder() has at most %s items under way",
  async (atOnce) => {
    const desk = new Desk();
    const items = Array.from({ length: 10 }, (_, i) => i);
    let taken = 0;
    const results = mapInOrder(items, atOnce, (n) => {
      const result = desk.work(n);
      desk.pending.get(n)!.resolve(`${n}`);
      return result;
    });
    for await (const result of results) assertEquals(result, `${taken++}`);
    assertEquals([taken, desk.most], [10, atOnce]);
  },
);

Deno.test("mapInOrder() gives nothing for no items", async () => {
  const nothing = () => Promise.resolve(1);
  assertEquals(await Array.fromAsync(mapInOrder([], 2, nothing)), []);
});

Deno.test("mapInOrder() throws what an item throws when nothing is under way any more", async () => {
  let finished = 0;
  const work = async (n: number) => {
    await Promise.resolve();
    if (n === 1) throw new Error("Not this one");
    for (let i = 0; i < 5; i++) await Promise.resolve();
    return finished++;
  };
  await assertRejects(
    () => Array.fromAsync(mapInOrder([0, 1, 2, 3, 4], 4, work)),
    Error,
    "Not this one",
  );
  assertEquals(finished, 4);
});

Deno.test("mapInOrder() begins nothing more when its results are not wanted", async () => {
  const desk = new Desk();
  const work = (n: number) => {
    const result = desk.work(n);
    desk.pending.get(n)!.resolve(`${n}`);
    return result;
  };
  for await (const _ of mapInOrder([0, 1, 2, 3, 4], 2, work)) break;
  assertEquals([desk.begun, desk.underWay], [[0, 1], 0]);
});

Deno.test("mapInOrder() gives a result before the next item is there", async () => {
  const desk = new Desk();
  const second = Promise.withResolvers<void>();
  async function* items() {
    yield 0;
    await second.promise;
    yield 1;
  }
  const results = mapInOrder(items(), 4, desk.work);
  const first = results.next();
  while (desk.begun.length === 0) await Promise.resolve();
  desk.pending.get(0)!.resolve("first");
  assertEquals(await first, { done: false, value: "first" });
  const next = results.next();
  second.resolve();
  while (desk.begun.length === 1) await Promise.resolve();
  desk.pending.get(1)!.resolve("second");
  assertEquals(await next, { done: false, value: "second" });
  assertEquals((await results.next()).done, true);
});

Deno.test("mapInOrder() gives the results before it throws what the list throws", async () => {
  async function* items() {
    yield* await Promise.resolve([1, 2]);
    throw new Error("The list ends here");
  }
  const results: number[] = [];
  await assertRejects(
    async () => {
      const all = mapInOrder(items(), 4, (n) => Promise.resolve(n));
      for await (const n of all) results.push(n);
    },
    Error,
    "The list ends here",
  );
  assertEquals(results, [1, 2]);
});
