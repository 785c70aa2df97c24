/**
 * The calibration diagram on the page.
 *
 * @module
 */

import type {
  CalibrationBin,
  CalibrationScores,
} from "../../metrics/calibration.ts";
import { toCalibrationSpec } from "../calibration_spec.ts";
import type { ReportData } from "./data.ts";
import { decimal, percent, whole } from "./format.ts";
import { type Html, html } from "./html.ts";
import { renderPlot } from "./plot.ts";
import { renderTable } from "./table.ts";
import { PAGE_PALETTE, renderSvg } from "../plot.ts";

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
  { metrics: { calibration } }: Pick<ReportData, "metrics">,
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
