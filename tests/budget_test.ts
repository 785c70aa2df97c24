import { assertEquals } from "@std/assert";
import { Budget } from "../pipeline/budget.ts";

/** Lets promises that are settled be heard. */
const settle = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("Budget gives what there is, first come, first served", async () => {
  const budget = new Budget(10);
  const order: string[] = [];
  const take = async (name: string, amount: number) => {
    const part = await budget.take(amount);
    order.push(name);
    return part;
  };
  const six = await take("six", 6);
  const whole = take("whole", 10);
  // There is room for it, but another came first.
  const one = take("one", 1);
  await settle();
  assertEquals(order, ["six"]);
  six[Symbol.dispose]();
  await settle();
  assertEquals(order, ["six", "whole"]);
  (await whole)[Symbol.dispose]();
  await one;
  assertEquals(order, ["six", "whole", "one"]);
});
