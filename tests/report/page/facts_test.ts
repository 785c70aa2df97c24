import { assertEquals, assertStringIncludes } from "@std/assert";
import { renderFactSection } from "../../../pipeline/report/page/facts.ts";
import { sampleReport } from "./sample.ts";

const DATA = await sampleReport({ classNames: ["cat", "dog"], photos: 60 });

Deno.test("renderFactSection() marks settings that are not the default", () => {
  const { text } = renderFactSection(DATA);
  const chosen = text.match(/class="chosen"\s*>\s*<th\s+scope="row">\w+/g) ??
    [];
  assertEquals(chosen.map((row) => row.split(">").at(-1)), ["data", "epochs"]);
  assertStringIncludes(text, "instead of <bdi>100</bdi>");
});

Deno.test("renderFactSection() shows times where they are known", () => {
  assertStringIncludes(renderFactSection(DATA).text, "12 min 34 s");
  const facts = { ...DATA.facts, times: undefined };
  assertEquals(
    renderFactSection({ ...DATA, facts }).text.includes("Times"),
    false,
  );
});
