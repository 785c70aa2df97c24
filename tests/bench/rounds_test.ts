import { assertEquals, assertRejects } from "@std/assert";
import { takeRounds } from "./rounds.ts";

Deno.test("takeRounds() lets contestants take turns", async () => {
  const order: string[] = [];
  const contestant = (name: string) => () => {
    order.push(name);
    return Promise.resolve(order.length);
  };
  const contestants = { a: contestant("a"), b: contestant("b") };
  assertEquals(await takeRounds(contestants, 3), {
    a: [1, 3, 5],
    b: [2, 4, 6],
  });
  assertEquals(order, ["a", "b", "a", "b", "a", "b"]);
});

Deno.test("takeRounds() stops at the first who fails", async () => {
  let runs = 0;
  const contestants = {
    a: () => Promise.resolve(++runs),
    b: () => Promise.reject(new Error("out of memory")),
  };
  await assertRejects(() => takeRounds(contestants, 3), Error, "out of memory");
  assertEquals(runs, 1);
});
