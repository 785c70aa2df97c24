import { assertEquals } from "@std/assert";
import { Largest } from "../../pipeline/report/largest.ts";

Deno.test("Largest keeps the first of an order, equal ones as they came", () => {
  const largest = new Largest<string>(3, (a, b) => b.length - a.length);
  for (const text of ["a", "bbb", "cc", "dd", "eeee", "f"]) largest.add(text);
  assertEquals(largest.values, ["eeee", "bbb", "cc"]);
});
