import { assertEquals } from "@std/assert";
import { canonicalJson } from "../../pipeline/artifact/canonical_json.ts";

// Expected texts as Python writes them: json.dumps(value, sort_keys=True,
// separators=(",", ":"), ensure_ascii=False).

Deno.test("canonicalJson() sorts the keys of every object", () => {
  assertEquals(
    canonicalJson({ b: { d: 1, c: [{ z: null, y: true }] }, a: "é\n" }),
    '{"a":"é\\n","b":{"c":[{"y":true,"z":null}],"d":1}}',
  );
});

Deno.test("canonicalJson() keeps the order of lists", () => {
  assertEquals(canonicalJson([3, 1, [2]]), "[3,1,[2]]");
});

Deno.test("canonicalJson() gives one text whatever order keys were set in", () => {
  const one = { "10": 1, "9": 2, x: 3 };
  const other = { x: 3, "9": 2, "10": 1 };
  assertEquals(canonicalJson(one), canonicalJson(other));
});
