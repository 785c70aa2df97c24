import { assertEquals, assertStringIncludes } from "@std/assert";
import { renderConfusionSection } from "../../../pipeline/report/page/confusion.ts";
import { sampleReport } from "./sample.ts";

const DATA = await sampleReport({ classNames: ["cat", "dog"], photos: 60 });
const [[cats, catsAsDogs]] = DATA.metrics.confusion as [[number, number]];

Deno.test("renderConfusionSection() says of a cell how many photos of what are in it", () => {
  const { text } = renderConfusionSection(DATA);
  const percent = Math.round(catsAsDogs / 30 * 100);
  assertStringIncludes(
    text,
    `popovertarget="c0-1" aria-label="${catsAsDogs} photos of cat taken for dog, ${percent}\u00a0%"`,
  );
  assertStringIncludes(
    text,
    `aria-label="${cats} photos of cat taken for what they are, `,
  );
});

Deno.test("renderConfusionSection() shows photos that have a thumbnail, and counts the others", () => {
  const { text } = renderConfusionSection(DATA);
  assertStringIncludes(
    text,
    `${cats} photos, 12 of them here, the least sure first`,
  );
  const without = renderConfusionSection({ ...DATA, thumbnails: new Map() });
  assertStringIncludes(without.text, "none of which is shown here");
  assertEquals(without.text.includes("<use"), false);
});
