import { assertEquals } from "@std/assert";
import { printable } from "../pipeline/shown_text.ts";

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

Deno.test("printable() spells out what cannot be seen, and keeps what scripts need", () => {
  assertEquals(
    printable("a\u202eb\u0000\u2066\u200b\ufeff\n"),
    "a\\u{202e}b\\u{0}\\u{2066}\\u{200b}\\u{feff}\\u{a}",
  );
  const kept =
    "\u05e9\u05dc\u05d5\u05dd \u0646\u0627\u0645\u200c\u0647 \u{1f468}\u200d\u{1f33e}";
  assertEquals(printable(kept), kept);
});
