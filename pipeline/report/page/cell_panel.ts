/**
 * Photos of a cell of the confusion matrix, in a popover.
 *
 * @module
 */

import { type Cell, cellKey } from "../confusion_view.ts";
import type { ReportData } from "./data.ts";
import { brief, count, whole } from "./format.ts";
import { type Html, html } from "./html.ts";
import { renderPhoto } from "./photo.ts";

/** What a panel needs of the data. */
type PanelData = Pick<
  ReportData,
  "metrics" | "selection" | "thumbnails" | "thumbnailSide"
>;

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
export function renderPanel(cell: Cell, data: PanelData): Html {
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
