import { assertEquals, assertStringIncludes } from "@std/assert";
import { renderFactSection } from "../../../pipeline/report/page/facts.ts";
import { sampleReport } from "./sample.ts";

const DATA = await sampleReport({ classNames: ["cat", "dog"], photos: 60 });

Deno.test("renderFactSection() marks settings that are not the default", () => {
  const { text } = renderFactSection(DATA);
  const chosen = text.match(/class="chosen"\s*>\s*<th\s+scope="row">\w+/g) ??
    [];
  assertEquals(chosen.map((row) => row.split(">").at(-1)), ["data", "epochs"]);
  assertStringIncludes(
    text,
    "<td><bdi>12</bdi> </td><td><bdi>100</bdi></td>",
  );
});

Deno.test("renderFactSection() lists the photos that were left out, and why", () => {
  const { text } = renderFactSection(DATA);
  assertStringIncludes(text, "<summary>2 photos left out</summary>");
  assertStringIncludes(text, "<bdi>a.jpg</bdi></span>it is not an image</li>");
  assertStringIncludes(text, "1 more in rejected.jsonl");
  const photos = { ...DATA.photos, rejected: 0, leftOut: [] };
  const none = renderFactSection({ ...DATA, photos }).text;
  assertEquals(none.includes("<summary>"), false);
});

Deno.test("renderFactSection() shows times where they are known", () => {
  const { text } = renderFactSection(DATA);
  assertStringIncludes(text, "<td>12 min 34 s</td>");
  assertStringIncludes(text, ">2026-01-02 03:04:05 UTC</time>");
  assertStringIncludes(text, "<td>12 min 37 s</td>");
  const facts = { ...DATA.facts, times: undefined };
  assertEquals(
    renderFactSection({ ...DATA, facts }).text.includes("Times"),
    false,
  );
});

Deno.test("renderFactSection() says how 8 bits agree with 32, where they were used", () => {
  const agreement = {
    checked: 64,
    meanCosine: 0.999,
    worstCosine: 0.9978,
    sameNeighbour: 59,
  };
  const config = { ...DATA.facts.config, precision: "int8" as const };
  const facts = { ...DATA.facts, config, agreement };
  const said =
    "int8; cosine to float32 0.9990 on average, 0.9978 at worst, of 64 photos";
  assertStringIncludes(renderFactSection({ ...DATA, facts }).text, said);
  assertEquals(renderFactSection(DATA).text.includes("int8; cosine"), false);
});
