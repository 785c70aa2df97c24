import { assertEquals } from "@std/assert";
import { compareCodePoints } from "../../pipeline/artifact/code_points.ts";

Deno.test("compareCodePoints() sorts as Python does", () => {
  // Python: sorted(["rose", "10", …])
  const expected = [
    "10",
    "2",
    "Rose",
    "_x",
    "a b",
    "rose",
    "ros\u00e9",
    "z",
    "~",
    "\u00e4",
    "\uff5e",
    "\u{1f33b}",
  ];
  assertEquals(expected.toReversed().sort(compareCodePoints), expected);
});

Deno.test.each([
  ["", "", 0],
  ["a", "a", 0],
  ["", "a", -1],
  ["ab", "a", 1],
  ["\u{1f33b}a", "\u{1f33b}b", -1],
  ["\uff5e", "\u{1f33b}", -1],
])('compareCodePoints("%s", "%s") has the sign %s', (a, b, sign) => {
  assertEquals(Math.sign(compareCodePoints(a, b)), sign);
});
