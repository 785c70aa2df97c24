import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Json } from "../../../pipeline/artifact/canonical_json.ts";
import {
  count,
  decimal,
  duration,
  filePath,
  fullName,
  name,
  percent,
  setting,
  whole,
} from "../../../pipeline/report/page/format.ts";

Deno.test("numbers are shown as people read them", () => {
  assertEquals([percent(0.6166), percent(1, 0), percent(null)], [
    "61.7\u00a0%",
    "100\u00a0%",
    "–",
  ]);
  assertEquals([decimal(0.5), decimal(null)], ["0.500", "–"]);
  assertEquals([0, 999, 1000, 1234567].map(whole), [
    "0",
    "999",
    "1,000",
    "1,234,567",
  ]);
  assertEquals([count(1, "photo"), count(2000, "photo")], [
    "1 photo",
    "2,000 photos",
  ]);
});

Deno.test.each([
  [0.34, "0.3 s"],
  [59.9, "59.9 s"],
  [125, "2 min 5 s"],
  [3840, "1 h 4 min"],
  [7199.9, "2 h 0 min"],
])("duration() shows %s seconds", (seconds, expected) => {
  assertEquals(duration(seconds), expected);
});

Deno.test("name() cuts a long name, fullName() does not", () => {
  assertEquals(name("a<b").text, "<bdi>a&lt;b</bdi>");
  const long = "\u{1f339}".repeat(60);
  assertEquals(
    name(long).text,
    `<bdi title="${long}">${"\u{1f339}".repeat(47)}…</bdi>`,
  );
  assertEquals(
    fullName(long).text,
    `<span class="who" title="${long}"><bdi>${long}</bdi></span>`,
  );
  assertEquals(fullName("a").text, `<span class="who"><bdi>a</bdi></span>`);
});

Deno.test("filePath() keeps names in a path apart, so that none turns another", () => {
  assertEquals(
    filePath("val/\u05e9\u05dc/12_a.jpg").text,
    `<span class="path"><bdi>val</bdi>/<bdi>\u05e9\u05dc</bdi>/<bdi>12_a.jpg</bdi></span>`,
  );
  const long = "a/".repeat(40) + "\u202e";
  assertStringIncludes(
    filePath(long).text,
    `title="${"a/".repeat(40)}\\u{202e}"`,
  );
});

Deno.test.each<[Json, string]>([
  [null, "not\u00a0given"],
  ["a\nb", "<bdi>a\\u{a}b</bdi>"],
  [false, "<bdi>false</bdi>"],
  [0.5, "<bdi>0.5</bdi>"],
])("setting() shows %s as %s", (value, text) => {
  assertEquals(setting(value).text, text);
});
