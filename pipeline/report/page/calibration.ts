/**
 * The calibration diagram on the page.
 *
 * @module
 */

import type { CalibrationScores } from "../../metrics/calibration.ts";
import { toCalibrationSpec } from "../calibration_spec.ts";
import { PAGE_PALETTE } from "../palette.ts";
import { renderSvg } from "../render_svg.ts";
import type { ReportData } from "./data.ts";
import { decimal, percent, whole } from "./format.ts";
import { type Html, html } from "./html.ts";
import { renderPlot } from "./plot.ts";

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
    return count > 0 &&
      html`
        <tr>
          <th scope="row">${from} to ${to}</th>
          <td>${whole(count)}</td>
          <td>${percent(confidence)}</td>
          <td>${percent(accuracy)}</td>
        </tr>
      `;
  });
  return html`
    <div class="scroll" tabindex="0" role="region"
      aria-label="Numbers by confidence">
      <table class="numbers">
        <caption>Confidence and accuracy, as trained</caption>
        <thead>
          <tr>
            <th scope="col">confidence</th>
            <th scope="col">photos</th>
            <th scope="col">mean confidence</th>
            <th scope="col">right</th>
          </tr>
        </thead>
        <tbody>
    ${rows}</tbody>
      </table>
    </div>
  `;
}

/** Says in words which way the probabilities err. */
function judge({ bins }: CalibrationScores): string {
  const samples = bins.reduce((sum, { count }) => sum + count, 0);
  const excess = bins.reduce(
    (sum, { count, confidence, accuracy }) =>
      sum + (count === 0 ? 0 : count * (confidence! - accuracy!)),
    0,
  ) / samples;
  const by = `by ${percent(Math.abs(excess))} on average`;
  if (Math.abs(excess) < 0.005) {
    return "On average the head is as sure as it is right.";
  }
  return excess > 0
    ? `The head is too sure of itself, ${by}.`
    : `The head is less sure than it could be, ${by}.`;
}

/**
 * Renders whether probabilities mean what they say.
 *
 * @param data The numbers.
 * @returns The section.
 */
export async function renderCalibrationSection(
  { metrics: { calibration } }: Pick<ReportData, "metrics">,
): Promise<Html> {
  const { before, temperature, after, reason } = calibration;
  const scaled = temperature === null || after === null
    ? html`There is no temperature: ${reason}.`
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
      )} Of photos that are predicted with a confidence of 80 %, 80 % should be right: bars and dots on the dashed line. ${scaled}</p>
      <div class="plots">
    ${await renderDiagram("as trained", before)}
    ${temperature !== null && after !== null &&
      await renderDiagram(`at temperature ${decimal(temperature)}`, after)}
    ${renderBins(before)}
      </div>
    </section>
  `;
}
