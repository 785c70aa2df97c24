/**
 * The calibration diagram on the page: accuracy by confidence, and below it how many
 * samples there are of each.
 *
 * Source: the reliability diagrams of Guo et al. 2017, figure 1,
 * https://arxiv.org/abs/1706.04599.
 */

import type { TopLevelSpec } from "vega-lite";
import type {
  CalibrationBin,
  CalibrationScores,
} from "../../metrics/calibration.ts";
import type { ReportData } from "./data.ts";
import { decimal, percent, whole } from "./format.ts";
import { type Html, html, renderPlot } from "./html.ts";
import { renderTable } from "./table.ts";
import { PAGE_PALETTE, type Palette, plotConfig, renderSvg } from "../plot.ts";

/** A diagram with its title. */
async function renderDiagram(
  title: string,
  scores: CalibrationScores,
): Promise<Html> {
  const svg = await renderSvg(toCalibrationSpec(scores.bins, PAGE_PALETTE));
  const label = `Accuracy by confidence, ${title}; the calibration error is ${
    percent(scores.ece)
  }. The numbers are in the table below.`;
  return html`<figure><figcaption>${title}</figcaption>${
    renderPlot(svg, label)
  }</figure>`;
}

/** The numbers of the bins. */
function renderBins({ bins }: CalibrationScores): Html {
  const rows = bins.map(({ count, confidence, accuracy }, i) => {
    const [from, to] = [i, i + 1].map((n) => percent(n / bins.length, 0));
    const cells = [whole(count), percent(confidence), percent(accuracy)];
    return count > 0 && { title: `${from} to ${to}`, cells };
  });
  return renderTable({
    id: "bins",
    kind: "numbers",
    caption: "Confidence and accuracy, as trained",
    columns: ["confidence", "photos", "mean confidence", "right"],
    rows: rows.filter((row) => row !== false),
  });
}

/** Says in words which way the probabilities err. */
function judge({ bins }: CalibrationScores): string {
  const mean = (share: (bin: CalibrationBin) => number | null) =>
    bins.reduce((sum, bin) => sum + bin.count * (share(bin) ?? 0), 0) /
    bins.reduce((sum, { count }) => sum + count, 0);
  const confidence = mean((bin) => bin.confidence);
  const accuracy = mean((bin) => bin.accuracy);
  const numbers = `${percent(confidence)} sure on average, and right for ${
    percent(accuracy)
  }`;
  return Math.abs(confidence - accuracy) < 0.005
    ? `The head is as sure as it is right: ${numbers}.`
    : confidence > accuracy
    ? `The head is too sure of itself: ${numbers}.`
    : `The head is less sure than it could be: ${numbers}.`;
}

/** Renders whether probabilities mean what they say. */
export async function renderCalibrationSection(
  { metrics: { calibration } }: ReportData,
): Promise<Html> {
  const { before, temperature, after, reason } = calibration;
  const scaled = temperature === null || after === null
    ? html`No temperature mends it: ${reason}.`
    : html`Dividing the logits by ${
      decimal(temperature)
    }, which was fitted on the validation split, brings the calibration error from ${
      percent(before.ece)
    } to ${percent(after.ece)}.`;
  return html`
    <section id="calibration" aria-labelledby="calibration-title">
      <h2 id="calibration-title">Calibration</h2>
      <p>${judge(
        before,
      )} Of photos that are predicted with a confidence of 80 %, 80 % should be right: then bars and dots end on the dashed line. ${scaled}</p>
      <div class="plots">
    ${await renderDiagram("as trained", before)}
    ${temperature !== null && after !== null &&
      await renderDiagram(`at temperature ${decimal(temperature)}`, after)}
    ${renderBins(before)}
      </div>
    </section>
  `;
}

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
