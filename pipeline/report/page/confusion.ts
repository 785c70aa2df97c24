/**
 * The confusion matrix: each cell opens the photos in it. Popovers and style do it
 * all but the arrow keys, so that no script is needed.
 */

import {
  type Cell,
  cellKey,
  type ConfusionView,
  listCells,
  viewConfusion,
} from "../confusion_view.ts";
import type { ReportData } from "./data.ts";
import { printable } from "../../shown_text.ts";
import { brief, count, fullName, name, percent, whole } from "./format.ts";
import { type Html, html } from "./html.ts";
import { renderPhoto } from "./photo.ts";

/** The counts of a class by predicted label, with its name. */
interface Row {
  label: number;
  counts: readonly number[];
  support: number;
}

/** Says what a cell holds. */
function describeCell(cell: Cell, share: number, data: ReportData): string {
  const { perClass } = data.metrics;
  const [own, other] = [cell.label, cell.predicted]
    .map((label) => brief(perClass[label]!.name));
  const photos = `${count(cell.count, "photo")} of ${own}`;
  return cell.label === cell.predicted
    ? `${photos} taken for what they are, ${percent(share, 0)}`
    : `${photos} taken for ${other}, ${percent(share, 0)}`;
}

/** A cell of the matrix: a button where there are photos. */
function renderCell(row: Row, predicted: number, data: ReportData): Html {
  const { label, support } = row;
  const photos = row.counts[predicted]!;
  const kind = label === predicted ? "right" : "wrong";
  if (photos === 0) return html`<td class="none">0</td>`;
  const share = photos / support;
  const cell = { label, predicted, count: photos };
  return html`
    <td class="${kind}"
      style="--s:${share.toFixed(
        3,
      )}"><button type="button" popovertarget="c${cellKey(
        cell,
      )}" aria-label="${describeCell(
        cell,
        share,
        data,
      )}"><span class="n">${whole(photos)}</span><span class="p">${percent(
        share,
        0,
      )}</span></button></td>
  `;
}

function renderMatrix(view: ConfusionView, data: ReportData): Html {
  const { labels } = view;
  const { perClass, confusion } = data.metrics;
  const head = labels.map((label) => {
    const own = perClass[label]!.name;
    return html`<th scope="col" title="${printable(own)}"><span>${
      name(own)
    }</span></th>`;
  });
  const rows = labels.map((label) => {
    const { name: own, support } = perClass[label]!;
    const row = { label, counts: confusion[label]!, support };
    return html`<tr><th scope="row" title="${printable(own)}">${
      name(own)
    }</th>${
      labels.map((predicted) => renderCell(row, predicted, data))
    }<td class="sum">${whole(support)}</td></tr>`;
  });
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix">
      <table class="matrix">
        <caption>True classes down, predicted classes across${!view.isWhole &&
          `: the ${labels.length} of ${
            whole(perClass.length)
          } classes that are confused most`}</caption>
        <thead>
          <tr><td></td>${head}<th scope="col" class="sum"><span>photos</span></th></tr>
        </thead>
        <tbody>
    ${rows}</tbody>
      </table>
    </div>
  `;
}

/** The pairs that are confused most. */
function renderPairs({ pairs }: ConfusionView, data: ReportData): Html | false {
  if (pairs.length === 0) return false;
  const { perClass } = data.metrics;
  const rows = pairs.map((pair) => {
    const { label, predicted, count: photos, share } = pair;
    return html`
      <tr>
        <th scope="row">${fullName(perClass[label]!.name)}</th>
        <td>${fullName(perClass[predicted]!.name)}</td>
        <td
          class="number"><button type="button" popovertarget="c${cellKey(
            pair,
          )}" aria-label="${describeCell(pair, share, data)}">${count(
            photos,
            "photo",
          )}</button></td>
        <td class="number">${percent(share)}</td>
      </tr>
    `;
  });
  return html`
    <div>
      <h3 id="pairs-title">Confused most</h3>
      <div class="scroll" tabindex="0" role="region" aria-labelledby="pairs-title">
        <table class="pairs">
          <caption>Pairs of classes by their photos, most first, and their share of the true class</caption>
          <thead>
            <tr>
              <th scope="col">true class</th>
              <th scope="col">taken for</th>
              <th scope="col" class="number">photos</th>
              <th scope="col" class="number">share</th>
            </tr>
          </thead>
          <tbody>
        ${rows}</tbody>
        </table>
      </div>
    </div>
  `;
}

/** Renders the confusion matrix with the photos of its cells. */
export function renderConfusionSection(data: ReportData): Html {
  const { confusion } = data.metrics;
  const view = viewConfusion(confusion);
  const panels = listCells(view, confusion).map((cell) =>
    renderPanel(cell, data)
  );
  const switches = html`
    <fieldset
      class="switch"><legend>Cells show</legend><label><input type="radio" name="cells" value="count" checked> photos</label><label><input type="radio" name="cells" value="share"> share of the true class</label></fieldset>
  `;
  return html`
    <section id="confusion" aria-labelledby="confusion-title">
      <h2 id="confusion-title">Confusion</h2>
      <p><span class="on-screen">A cell opens its photos. </span><span class="key right">right</span> <span class="key wrong">mistaken</span>; the stronger, the larger the share of the true class.<span class="needs-script of-keys"> Arrow keys move between cells.</span></p>
      <div class="beside">${view.labels.length > 0
        ? html`<div>${switches}${renderMatrix(view, data)}</div>`
        : html`<p>No class is taken for another.</p>`}${renderPairs(
          view,
          data,
        )}</div>
      <div class="panels">${panels}</div>
    </section>
  `;
}

/** Says how many photos there are, and how many of them are shown. */
function describeShown(cell: Cell, shown: number): Html {
  const isRight = cell.label === cell.predicted;
  const order = isRight ? "the least sure first" : "the worst first";
  if (shown === cell.count) {
    return html`${count(cell.count, "photo")}${shown > 1 && `, ${order}`}.`;
  }
  const which = shown === 0
    ? "none of which is shown here"
    : `${whole(shown)} of them here, ${order}`;
  return html`${
    count(cell.count, "photo")
  }, ${which}; all are in <code>predictions.jsonl</code>.`;
}

/** Renders the photos of a cell. */
function renderPanel(cell: Cell, data: ReportData): Html {
  const key = cellKey(cell);
  const { perClass } = data.metrics;
  const photos = data.selection.cells.get(key)!.list()
    .filter(({ record }) => data.thumbnails.has(record));
  const [own, other] = [cell.label, cell.predicted].map((label) =>
    html`<bdi>${brief(perClass[label]!.name)}</bdi>`
  );
  const isRight = cell.label === cell.predicted;
  const title = isRight ? html`${own}, right` : html`${own} taken for ${other}`;
  return html`
    <div id="c${key}" style="--n:${photos.length}" class="panel ${isRight
      ? "of-right"
      : "of-wrong"}" popover
      role="dialog"
      aria-labelledby="c${key}-title">
      <div
        class="panel-head"><h3 id="c${key}-title">${title}</h3><button type="button" class="close" popovertarget="c${key}" popovertargetaction="hide" autofocus>Close</button></div>
      <p>${describeShown(cell, photos.length)}</p>
      <ul class="photos">
    ${photos.map((photo) => renderPhoto(photo, data))}</ul>
    </div>
  `;
}
