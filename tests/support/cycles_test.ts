import { assertEquals } from "@std/assert";
import { findCycles } from "./cycles.ts";

Deno.test.each<[Record<string, string>, string[]]>([
  [{}, []],
  [{ a: "bc", b: "d", c: "d", d: "" }, []],
  [{ a: "x" }, []],
  [{ a: "a" }, ["aa"]],
  [{ a: "b", b: "c", c: "b" }, ["bcb"]],
  [{ a: "b", b: "a", c: "d", d: "ec", e: "" }, ["aba", "cdc"]],
])("findCycles() of %j is %j", (edges, expected) => {
  const graph = new Map(Object.entries(edges));
  assertEquals(findCycles(graph).map((cycle) => cycle.join("")), expected);
});
