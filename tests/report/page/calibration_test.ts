import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  renderCalibrationSection,
  toCalibrationSpec,
} from "../../../pipeline/report/page/calibration.ts";
import { PAGE_PALETTE, renderSvg } from "../../../pipeline/report/plot.ts";
import { sampleReport } from "./sample.ts";

const DATA = await sampleReport({ classNames: ["cat", "dog"], photos: 60 });

/** The section where ten photos of a confidence are right as often as said. */
async function sectionOf(confidence: number, accuracy: number) {
  const { metrics } = DATA;
  const { before } = metrics.calibration;
  const bins = [{ count: 10, confidence, accuracy }];
  const calibration = {
    ...metrics.calibration,
    before: { ...before, bins },
  };
  const { text } = await renderCalibrationSection({
    ...DATA,
    metrics: { ...metrics, calibration },
  });
  return text;
}

Deno.test.each([
  [
    0.9,
    0.7,
    "too sure of itself: 90.0\u00a0% sure on average, and right for 70.0\u00a0%.",
  ],
  [0.6, 0.7, "less sure than it could be: 60.0\u00a0% sure"],
  [0.7, 0.7, "as sure as it is right: 70.0\u00a0% sure"],
])(
  "renderCalibrationSection() judges %s sure and %s right",
  async (confidence, accuracy, text) => {
    assertStringIncludes(await sectionOf(confidence, accuracy), text);
  },
);

const BINS = Array.from(
  { length: 15 },
  (_, i) =>
    i === 11
      ? { count: 3, confidence: 0.75, accuracy: 2 / 3 }
      : i === 14
      ? { count: 1, confidence: 0.99, accuracy: 1 }
      : { count: 0, confidence: null, accuracy: null },
);

Deno.test("toCalibrationSpec() draws the bins that have samples", () => {
  const { vconcat } = toCalibrationSpec(BINS, PAGE_PALETTE) as unknown as {
    vconcat: [{ layer: { data: { values: Record<string, number>[] } }[] }];
  };
  const values = vconcat[0].layer[0]!.data.values;
  assertEquals(
    values.map(({ confidence, accuracy, share }) => [
      confidence,
      accuracy,
      share,
    ]),
    [[0.75, 2 / 3, 0.75], [0.99, 1, 0.25]],
  );
});

Deno.test("a calibration diagram has the colours of the page and no ids", async () => {
  const svg = await renderSvg(toCalibrationSpec(BINS, PAGE_PALETTE));
  assertEquals(/#[0-9a-f]{3,6}"/i.test(svg), false);
  assertEquals(/NaN|undefined| id="/.test(svg), false);
  assertEquals(svg, await renderSvg(toCalibrationSpec(BINS, PAGE_PALETTE)));
});
