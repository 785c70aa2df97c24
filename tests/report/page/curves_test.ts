import { assertEquals, assertStringIncludes } from "@std/assert";
import { renderCurveSection } from "../../../pipeline/report/page/curves.ts";
import { sampleReport } from "./sample.ts";

const DATA = await sampleReport({ classNames: ["cat", "dog"], photos: 60 });

Deno.test("renderCurveSection() says what would keep the best head where it is not kept", async () => {
  const { text } = await renderCurveSection(DATA);
  assertStringIncludes(
    text,
    "12 epochs. By validation loss epoch 8 is the best, but the head of the last one is kept: training with --patience",
  );
  assertStringIncludes(text, "In training, dropout makes");
});

Deno.test("renderCurveSection() gives no advice where the best head is kept, or none is known", async () => {
  const kept = await renderCurveSection({ ...DATA, keptEpoch: 8 });
  assertStringIncludes(kept.text, "epoch 8 is the best, and its head is kept.");
  const config = { ...DATA.facts.config, dropout: 0 };
  const history = DATA.history.map((
    { validationLoss: _, validationAccuracy: __, ...record },
  ) => record);
  const data = { ...DATA, history, bestEpoch: 12 };
  const { text } = await renderCurveSection({
    ...data,
    facts: { ...DATA.facts, config },
  });
  assertStringIncludes(
    text,
    "12 epochs. No photo was held out to tell the best; the head of the last one is kept.",
  );
  assertEquals(/patience|dropout/.test(text), false);
});
