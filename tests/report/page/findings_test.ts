import { assertEquals, assertStringIncludes } from "@std/assert";
import { renderFindingSection } from "../../../pipeline/report/page/findings.ts";
import { sampleReport } from "./sample.ts";

const DATA = await sampleReport({ classNames: ["cat", "dog"], photos: 60 });

Deno.test("renderFindingSection() shows the strongest, and counts the rest", () => {
  const { text } = renderFindingSection(DATA);
  assertStringIncludes(text, "34 findings to look at");
  assertStringIncludes(
    text,
    "The 24 strongest are shown; all are in findings.jsonl.",
  );
  assertStringIncludes(text, "and 2 more photos");
  assertStringIncludes(text, `<span class="badge">across splits</span>`);
  assertEquals(text.match(/<li\s+class="finding">/g)?.length, 1 + 2 + 24 + 1);
});
