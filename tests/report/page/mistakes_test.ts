import { assertEquals, assertStringIncludes } from "@std/assert";
import { renderMistakeSection } from "../../../pipeline/report/page/mistakes.ts";
import { sampleReport } from "./sample.ts";

const DATA = await sampleReport({ classNames: ["cat", "dog"], photos: 60 });

Deno.test("renderMistakeSection() lays maps of both classes over a mistake", async () => {
  const { text } = await renderMistakeSection(DATA);
  const mistakes = DATA.evidence!.items.filter(({ reason }) =>
    reason === "mistake"
  );
  assertEquals(text.match(/<image /g)?.length, mistakes.length * 2);
  const { predicted } = mistakes[0]!;
  assertStringIncludes(text, `aria-label="Where it looks like ${predicted}"`);
  assertStringIncludes(
    text,
    "They are coarse: 3×3 places of 32 pixels on 96×96, drawn smoothly.",
  );
});

Deno.test("renderMistakeSection() shows what is right apart, with one map", async () => {
  const [first] = DATA.evidence!.items;
  const items = [
    { ...first!, reason: "right", predicted: first!.true } as const,
  ];
  const data = { ...DATA, evidence: { ...DATA.evidence!, items } };
  const { text } = await renderMistakeSection(data);
  assertStringIncludes(text, "<h3>Right, for comparison</h3>");
  assertEquals(text.match(/<image /g)?.length, 1);
});

Deno.test("renderMistakeSection() shows the worst without maps when there are none", async () => {
  const { text } = await renderMistakeSection({ ...DATA, evidence: undefined });
  const worst = DATA.selection.mistakes.list();
  assertEquals(text.match(/<li\s+class="photo">/g)?.length, worst.length);
});
