import { assertEquals } from "@std/assert";
import { count, percent, printable } from "../../../tasks/cli/words.ts";

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

Deno.test.each([
  ["rose/Ä 1.jpg", "rose/Ä 1.jpg"],
  ["a\nb\t", "a\\u{a}b\\u{9}"],
  ["\x1b[31mred\x9b", "\\u{1b}[31mred\\u{9b}"],
  ["\u202egpj.exe\u2066", "\\u{202e}gpj.exe\\u{2066}"],
  ["a\u200bb\ufeff\u2028", "a\\u{200b}b\\u{feff}\\u{2028}"],
  ["玫瑰 👩‍👧", "玫瑰 👩‍👧"],
])("printable() shows %j as %s", (text, expected) => {
  assertEquals(printable(text!), expected);
});
