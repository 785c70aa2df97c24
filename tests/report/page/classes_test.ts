import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Interval } from "../../../pipeline/metrics/binomial.ts";
import { renderClassSection } from "../../../pipeline/report/page/classes.ts";
import { sampleReport } from "./sample.ts";

const DATA = await sampleReport({ classNames: ["cat", "dog"], photos: 60 });

/** Titles of the columns. */
function titlesOf(text: string): string[] {
  return [...text.matchAll(/class="sort">([^<]*)</g)].map(([, title]) =>
    title!
  );
}

Deno.test("renderClassSection() counts the photos of each split that has any, once", () => {
  const scores = [
    "class",
    "photos",
    "precision",
    "recall",
    "F1",
    "ROC-AUC",
    "average precision",
  ];
  const { text } = renderClassSection(DATA);
  assertEquals(titlesOf(text), [...scores, "in train"]);
  assertStringIncludes(text, "and photos in other splits");
  const none = { train: [0, 0], validation: [30, 30], test: [0, 0] };
  const alone = renderClassSection({
    ...DATA,
    photos: { ...DATA.photos, bySplit: none },
  });
  assertEquals(titlesOf(alone.text), scores);
});

Deno.test("renderClassSection() shows the intervals of precision and recall", () => {
  const [first] = DATA.metrics.perClass;
  const intervals = { precision: [0.304, 0.951] as Interval, recall: null };
  const perClass = [{ ...first!, precision: 0.75, recall: 0, intervals }];
  const metrics = { ...DATA.metrics, perClass };
  assertStringIncludes(
    renderClassSection({ ...DATA, metrics }).text,
    `75.0\u00a0%<small>30 to 95\u00a0%</small></td><td class="bar" style="--v:0.000">0.0\u00a0%</td>`,
  );
});

Deno.test("renderClassSection() shows F1 as the headline does, with a bar", () => {
  const { f1 } = DATA.metrics.perClass[0]!;
  assertStringIncludes(
    renderClassSection(DATA).text,
    `style="--v:${f1.toFixed(3)}">${f1.toFixed(3)}</td>`,
  );
});
