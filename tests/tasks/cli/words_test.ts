import { assertEquals } from "@std/assert";
import { count, percent } from "../../../tasks/cli/words.ts";

Deno.test.each<[number | null, string]>([
  [0, "0.0 %"],
  [0.61666, "61.7 %"],
  [1, "100.0 %"],
  [null, "-"],
])("percent() shows %s as %s", (share, expected) => {
  assertEquals(percent(share), expected);
});

Deno.test.each([[0, "0 images"], [1, "1 image"], [2, "2 images"]])(
  "count() shows %s as %s",
  (n, expected) => assertEquals(count(n as number, "image"), expected),
);
