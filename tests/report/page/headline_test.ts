import { assertEquals, assertStringIncludes } from "@std/assert";
import { renderHeadline } from "../../../pipeline/report/page/headline.ts";
import { sampleReport } from "./sample.ts";

const DATA = await sampleReport({ classNames: ["cat", "dog"], photos: 60 });

Deno.test("renderHeadline() says what guessing gives, and which class does worst", () => {
  const { text } = renderHeadline(DATA);
  assertStringIncludes(
    text,
    "Guessing the largest class would be right for 50.0\u00a0%.",
  );
  assertStringIncludes(text, "worst (");
  assertEquals(text.includes("Top-5"), false);
});

Deno.test("renderHeadline() names a better backbone where tiny is the limit", () => {
  const { text } = renderHeadline({
    ...DATA,
    betterBackbone: "torchvision-v2",
  });
  assertStringIncludes(text, "--run default --backbone torchvision-v2</code>");
  assertEquals(renderHeadline(DATA).text.includes("--backbone"), false);
});

Deno.test("renderHeadline() compares no classes when all are as good", () => {
  const { metrics } = DATA;
  const perClass = metrics.perClass.map((scores) => ({ ...scores, recall: 1 }));
  const { text } = renderHeadline({
    ...DATA,
    metrics: { ...metrics, perClass },
  });
  assertEquals(text.includes("worst ("), false);
});
