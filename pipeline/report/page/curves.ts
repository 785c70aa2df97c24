/** Curves of the training on the page. */

import type { EpochRecord } from "../../head/trainer.ts";
import { toPanelSpecs } from "../curve_spec.ts";
import type { ReportData } from "./data.ts";
import { count, decimal, percent, whole } from "./format.ts";
import { type Html, html, renderPlot } from "./html.ts";
import { renderTable, type TableRow } from "./table.ts";
import { PAGE_PALETTE, renderSvg } from "../plot.ts";

/** Most epochs whose numbers are listed. */
const LISTED_EPOCHS = 200;

/** A number of an epoch, as text: of the training, and of the validation. */
type Shown = [train: string, validation: string];

function showLoss({ trainLoss, validationLoss }: EpochRecord): Shown {
  return [decimal(trainLoss), decimal(validationLoss ?? null)];
}

function showAccuracy(record: EpochRecord): Shown {
  const { trainAccuracy, validationAccuracy } = record;
  return [percent(trainAccuracy), percent(validationAccuracy ?? null)];
}

/** Says what a curve shows. */
function describe(
  title: string,
  { history, heldOut, bestEpoch: best }: ReportData,
  read: (record: EpochRecord) => Shown,
): string {
  const [first, last] = [history[0]!, history.at(-1)!];
  const [trainFirst, validationFirst] = read(first);
  const [trainLast, validationLast] = read(last);
  const train = `training from ${trainFirst} to ${trainLast}`;
  const validation = first.validationLoss === undefined
    ? ""
    : `, ${heldOut} from ${validationFirst} to ${validationLast}`;
  return `${title} from epoch ${first.epoch} to ${last.epoch}: ${train}${validation}; the best epoch is ${best}.`;
}

function toRow(record: EpochRecord, best: number): TableRow {
  return {
    title: `${record.epoch}`,
    cells: [...showLoss(record), ...showAccuracy(record)],
    isChosen: record.epoch === best,
  };
}

/** A table of the numbers behind the curves. */
function renderNumbers(
  { history, heldOut, bestEpoch: best }: ReportData,
): Html {
  const other = heldOut ?? "validation";
  const listed = history.slice(-LISTED_EPOCHS);
  const which = listed.length === history.length
    ? "every epoch"
    : `the last ${listed.length} of ${
      whole(history.length)
    } epochs; all are in history.csv`;
  const table = renderTable({
    id: "epochs",
    kind: "numbers",
    caption: `Loss and accuracy by epoch; the best epoch is ${best}`,
    columns: [
      "epoch",
      "loss, train",
      `loss, ${other}`,
      "accuracy, train",
      `accuracy, ${other}`,
    ],
    rows: listed.map((record) => toRow(record, best)),
  });
  return html`<details><summary>Numbers of ${which}</summary>${table}</details>`;
}

/** Says which head is kept; where that is not the best, what would keep it. */
function describeKept(
  { history, heldOut, bestEpoch, keptEpoch }: ReportData,
): string {
  const { epoch: last, validationLoss } = history.at(-1)!;
  const kept = keptEpoch === last ? "the last one" : `epoch ${keptEpoch}`;
  if (validationLoss === undefined) {
    return `No photo was held out to tell the best; the head of ${kept} is kept.`;
  }
  if (heldOut === "test") {
    return `By test loss epoch ${bestEpoch} is the best; the head of ${kept} is kept, as a test split chooses nothing.`;
  }
  return keptEpoch === bestEpoch
    ? `By validation loss epoch ${bestEpoch} is the best, and its head is kept.`
    : `By validation loss epoch ${bestEpoch} is the best, but the head of ${kept} is kept: training with --patience stops when the loss falls no more, and keeps the best.`;
}

/** Says how long it was trained, and how to read the curves. */
function describeTraining(data: ReportData): string {
  const epochs = count(data.history.at(-1)!.epoch, "epoch");
  const dropout = data.facts.config.dropout > 0
    ? " In training, dropout makes loss and accuracy look worse than they are."
    : "";
  return `${epochs}. ${describeKept(data)}${dropout}`;
}

/** Renders loss and accuracy by epoch. */
export async function renderCurveSection(data: ReportData): Promise<Html> {
  const { history, heldOut } = data;
  const specs = toPanelSpecs(history, data, PAGE_PALETTE);
  const [loss, accuracy] = await Promise.all(specs.map(renderSvg));
  const hasValidation = history.some((record) =>
    record.validationLoss !== undefined
  );
  return html`<section id="curves" aria-labelledby="curves-title">
<h2 id="curves-title">Training</h2>
<p>${describeTraining(data)}</p>
<p class="legend"><span class="key train">train</span> ${
    hasValidation && html`<span class="key validation">${heldOut}</span>`
  }</p>
<div class="plots">
${renderPlot(loss!, describe("Loss", data, showLoss))}
${renderPlot(accuracy!, describe("Accuracy", data, showAccuracy))}
</div>
${renderNumbers(data)}
</section>`;
}
