import { assertEquals } from "@std/assert";
import { toCalibrationSpec } from "../../pipeline/report/calibration_spec.ts";
import { PAGE_PALETTE, renderSvg } from "../../pipeline/report/plot.ts";

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
