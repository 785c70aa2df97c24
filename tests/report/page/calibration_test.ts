import { assertStringIncludes } from "@std/assert";
import { renderCalibrationSection } from "../../../pipeline/report/page/calibration.ts";
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
