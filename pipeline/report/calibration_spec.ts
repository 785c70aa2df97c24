/**
 * The calibration diagram, as a specification of Vega-Lite: accuracy by
 * confidence, and below it how many samples there are of each.
 *
 * Source: the reliability diagrams of Guo et al. 2017, figure 1,
 * https://arxiv.org/abs/1706.04599.
 *
 * @module
 */

import type { TopLevelSpec } from "vega-lite";
import type { CalibrationBin } from "../metrics/calibration.ts";
import { type Palette, plotConfig } from "./plot.ts";

/** A bin with samples, in the form that Vega-Lite wants. */
interface Datum {
  from: number;
  to: number;
  confidence: number;
  accuracy: number;
  share: number;
}

/** Space between two bars, as a share of the axis. */
const GAP = 0.004;

/** Lists the bins that have samples. */
function toData(bins: readonly CalibrationBin[]): Datum[] {
  const samples = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.flatMap(({ count, confidence, accuracy }, i) =>
    confidence === null || accuracy === null ? [] : [{
      from: i / bins.length + GAP,
      to: (i + 1) / bins.length - GAP,
      confidence,
      accuracy,
      share: count / samples,
    }]
  );
}

/**
 * Specifies the diagram.
 *
 * @param bins The bins, the lowest confidences first; one at least has samples.
 */
export function toCalibrationSpec(
  bins: readonly CalibrationBin[],
  palette: Palette,
): TopLevelSpec {
  const { train, validation, ink, padding, panel } = palette;
  const values = toData(bins);
  const unit = { domain: [0, 1], nice: false };
  const across = { tickCount: 5, format: ".0%", grid: false };
  const axis = { type: "quantitative", scale: unit } as const;
  const bar = {
    x: { field: "from", ...axis, title: null, axis: across },
    x2: { field: "to" },
  };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    padding,
    spacing: 8,
    config: plotConfig(palette),
    vconcat: [
      {
        ...panel,
        layer: [
          {
            data: { values },
            mark: { type: "rect", color: train, opacity: 0.3 },
            encoding: {
              x: { ...bar.x, axis: { ...across, labels: false } },
              x2: bar.x2,
              y: {
                field: "accuracy",
                ...axis,
                title: "share that is right",
                axis: { tickCount: 5, format: ".0%" },
              },
              y2: { datum: 0 },
            },
          },
          {
            data: { values: [{ x: 0 }, { x: 1 }] },
            mark: { type: "line", color: ink, strokeDash: [4, 3] },
            encoding: {
              x: { field: "x", ...axis },
              y: { field: "x", ...axis },
            },
          },
          {
            data: { values },
            mark: {
              type: "point",
              color: validation,
              filled: true,
              size: 42,
              opacity: 1,
            },
            encoding: {
              x: { field: "confidence", ...axis },
              y: { field: "accuracy", ...axis },
            },
          },
        ],
      },
      {
        width: panel.width,
        height: 48,
        data: { values },
        mark: { type: "rect", color: ink, opacity: 0.6 },
        encoding: {
          ...bar,
          x: { ...bar.x, title: "confidence of the prediction" },
          y: {
            field: "share",
            type: "quantitative",
            title: "photos",
            axis: { tickCount: 2, format: ".0%" },
          },
          y2: { datum: 0 },
        },
      },
    ],
  };
}
