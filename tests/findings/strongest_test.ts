import { assertEquals } from "@std/assert";
import { Strongest } from "../../pipeline/findings/strongest.ts";

Deno.test("Strongest keeps the first by its order, whenever they come", () => {
  const strongest = new Strongest<number>(3, (a, b) => b - a);
  for (const n of [4, 9, 1, 7, 3, 8, 2, 6]) strongest.add(n);
  assertEquals(strongest.list(), [9, 8, 7]);
  assertEquals(strongest.total, 8);
  strongest.add(10);
  assertEquals(strongest.list(), [10, 9, 8]);
  strongest.skip(5);
  assertEquals([strongest.list(), strongest.total], [[10, 9, 8], 14]);
});

Deno.test("Strongest lists fewer when there are fewer", () => {
  const strongest = new Strongest<number>(3, (a, b) => b - a);
  assertEquals(strongest.list(), []);
  strongest.add(1);
  assertEquals(strongest.list(), [1]);
});

Deno.test("Strongest keeps of equals what came first", () => {
  const strongest = new Strongest<string>(3, (a, b) => b.length - a.length);
  for (const text of ["a", "bbb", "cc", "dd", "eeee", "ff"]) {
    strongest.add(text);
  }
  assertEquals(strongest.list(), ["eeee", "bbb", "cc"]);
});
