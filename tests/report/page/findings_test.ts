import { assertEquals, assertStringIncludes } from "@std/assert";
import { renderFindingSection } from "../../../pipeline/report/page/findings.ts";
import type { Finding } from "../../../pipeline/findings/finding.ts";
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

Deno.test("renderFindingSection() shows names in messages as names, and says what is listed", () => {
  const finding: Finding = {
    kind: "label",
    photos: [],
    score: 1,
    message: `labelled ${JSON.stringify('a "b" \u05e9')}, probably "c"`,
  };
  const group = { kind: "label", total: 1200, listed: 1000 } as const;
  const findings = [{ ...group, strongest: [finding] }];
  const { text } = renderFindingSection({ ...DATA, findings });
  assertStringIncludes(
    text,
    "labelled “<bdi>a &quot;b&quot; \u05e9</bdi>”, probably “<bdi>c</bdi>”",
  );
  assertStringIncludes(
    text,
    "The 1 strongest are shown; the 1,000 strongest are in findings.jsonl.",
  );
});
