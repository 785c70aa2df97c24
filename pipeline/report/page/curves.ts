/**
 * Curves of the training on the page.
 *
 * @module
 */

import type { EpochRecord } from "../../head/trainer.ts";
import { toPanelSpecs } from "../curve_spec.ts";
import { PAGE_PALETTE } from "../palette.ts";
import { renderSvg } from "../render_svg.ts";
import type { ReportData } from "./data.ts";
import { decimal, percent, whole } from "./format.ts";
import { type Html, html } from "./html.ts";
import { renderPlot } from "./plot.ts";

/** Most epochs whose numbers are listed. */
const LISTED_EPOCHS = 200;

/** Says what a curve shows. */
function describe(
  title: string,
  history: readonly EpochRecord[],
  read: (record: EpochRecord) => [train: string, validation: string],
  best: number,
): string {
  const [first, last] = [history[0]!, history.at(-1)!];
  const [trainFirst, validationFirst] = read(first);
  const [trainLast, validationLast] = read(last);
  const train = `training from ${trainFirst} to ${trainLast}`;
  const validation = first.validationLoss === undefined
    ? ""
    : `, validation from ${validationFirst} to ${validationLast}`;
  return `${title} from epoch ${first.epoch} to ${last.epoch}: ${train}${validation}; the best epoch is ${best}.`;
}

/** The numbers of an epoch. */
function renderEpoch(record: EpochRecord, best: number): Html {
  const { epoch, trainLoss, trainAccuracy } = record;
  const { validationLoss, validationAccuracy } = record;
  return html`
    <tr class="${epoch === best ? "chosen" : ""}">
      <th scope="row">${epoch}</th>
      <td>${decimal(trainLoss)}</td>
      <td>${decimal(validationLoss ?? null)}</td>
      <td>${percent(trainAccuracy)}</td>
      <td>${percent(validationAccuracy ?? null)}</td>
    </tr>
  `;
}

/** A table of the numbers behind the curves. */
function renderNumbers(history: readonly EpochRecord[], best: number): Html {
  const listed = history.slice(-LISTED_EPOCHS);
  const which = listed.length === history.length
    ? "every epoch"
    : `the last ${listed.length} of ${
      whole(history.length)
    } epochs; all are in history.csv`;
  return html`
    <details>
      <summary>Numbers of ${which}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Numbers by epoch">
        <table class="numbers">
          <caption>Loss and accuracy by epoch; the best epoch is ${best}</caption>
          <thead>
            <tr>
              <th scope="col">epoch</th>
              <th scope="col">loss, train</th>
              <th scope="col">loss, validation</th>
              <th scope="col">accuracy, train</th>
              <th scope="col">accuracy, validation</th>
            </tr>
          </thead>
          <tbody>
    ${listed.map((record) => renderEpoch(record, best))}</tbody>
        </table>
      </div>
    </details>
  `;
}

/**
 * Renders loss and accuracy by epoch.
 *
 * @param data The epochs, and which of them is the best and which was kept.
 * @returns The section.
 */
export async function renderCurveSection(
  data: Pick<ReportData, "history" | "bestEpoch" | "keptEpoch">,
): Promise<Html> {
  const { history, bestEpoch, keptEpoch } = data;
  const specs = toPanelSpecs(history, bestEpoch, PAGE_PALETTE);
  const [loss, accuracy] = await Promise.all(specs.map(renderSvg));
  const hasValidation = history.some((record) =>
    record.validationLoss !== undefined
  );
  const last = history.at(-1)!.epoch;
  const kept = keptEpoch === last
    ? "the head of the last one is kept"
    : `the head of epoch ${keptEpoch} is kept`;
  return html`<section id="curves" aria-labelledby="curves-title">
<h2 id="curves-title">Training</h2>
<p>${whole(last)} epochs, the best of them ${bestEpoch}${
    hasValidation ? ", by validation loss" : ""
  }; ${kept}. In training, dropout makes loss and accuracy look worse than they are.</p>
<p class="legend"><span class="key train">train</span> ${
    hasValidation && html`<span class="key validation">validation</span>`
  }</p>
<div class="plots">
${
    renderPlot(
      loss!,
      describe(
        "Loss",
        history,
        (r) => [decimal(r.trainLoss), decimal(r.validationLoss ?? null)],
        bestEpoch,
      ),
    )
  }
${
    renderPlot(
      accuracy!,
      describe(
        "Accuracy",
        history,
        (
          r,
        ) => [percent(r.trainAccuracy), percent(r.validationAccuracy ?? null)],
        bestEpoch,
      ),
    )
  }
</div>
${renderNumbers(history, bestEpoch)}
</section>`;
}
