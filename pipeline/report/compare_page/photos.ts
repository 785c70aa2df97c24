/** The photos on which two runs differ, on the page of a comparison. */

import {
  CHANGE_KINDS,
  type ChangedPhoto,
  type ChangeKind,
  type ComparedPair,
  type Judgement,
  LISTED_PHOTOS,
} from "../comparison/comparison.ts";
import type { Thumbnails } from "../page/data.ts";
import { count, filePath, name, percent, whole } from "../page/format.ts";
import { type Html, html } from "../page/html.ts";
import { renderThumbnail } from "../page/photo.ts";

/** Photos of a kind that are shown with their picture. */
export const SHOWN_PHOTOS = 48;

const TITLES: Readonly<Record<ChangeKind, string>> = {
  lost: "Right before, wrong now",
  won: "Wrong before, right now",
  moved: "Wrong in both, as different classes",
};

/** Names the true class of a photo; that of each run if they differ. */
function renderTruth({ before, after }: ChangedPhoto): Html {
  return before.true === after.true
    ? name(after.true)
    : html`${name(before.true)}, now ${name(after.true)}`;
}

/** Shows the prediction of a run for a photo. */
function renderJudgement(judgement: Judgement): Html {
  const { true: truth, predicted, probability } = judgement;
  const mark = truth === predicted ? "right" : "wrong";
  return html`<span class="${mark}">${name(predicted)}</span> ${
    percent(probability, 0)
  }`;
}

/** Shows a photo and the predictions of both runs. */
function renderPhoto(photo: ChangedPhoto, thumbnails: Thumbnails): Html {
  const [before, after] = [photo.before, photo.after].map(renderJudgement);
  const label = `Photo of ${photo.after.true}`;
  return html`
    <li
      class="photo">${renderThumbnail(
        photo.record,
        label,
        thumbnails,
      )}<p><b>${renderTruth(
        photo,
      )}</b></p><p>${before} →</p><p>${after}</p>${filePath(photo.path)}</li>
  `;
}

/** Says what is not shown; nothing if all is. */
function renderRest(total: number): Html | false {
  if (total <= SHOWN_PHOTOS) return false;
  const listed = whole(Math.min(total, LISTED_PHOTOS));
  return html`
    <p
      class="note">The ${SHOWN_PHOTOS} of which the other run is surest; <code>deno task compare --json</code> lists ${listed}.</p>
  `;
}

/** Renders the photos that have changed in one way; nothing if there are none. */
function renderKind(
  kind: ChangeKind,
  pair: ComparedPair,
  thumbnails: Thumbnails,
): Html | false {
  const { count: total, photos } = pair.changed[kind];
  if (total === 0) return false;
  const shown = photos.slice(0, SHOWN_PHOTOS);
  return html`
    <h3>${TITLES[kind]}: ${count(total, "photo")}</h3>
    ${renderRest(total)}
    <ul class="photos">
      ${shown.map((photo) => renderPhoto(photo, thumbnails))}
    </ul>
  `;
}

/** Renders the photos on which two runs differ. */
export function renderPhotos(pair: ComparedPair, thumbnails: Thumbnails): Html {
  const kinds = CHANGE_KINDS.map((kind) => renderKind(kind, pair, thumbnails));
  if (!kinds.some(Boolean)) {
    return html`<p>Both runs give every photo the same class.</p>`;
  }
  const note = thumbnails.thumbnails.size === 0 &&
    html`
      <p
        class="note">There are no pictures: the tensors of the first run cannot be read.</p>
    `;
  return html`${note} ${kinds}`;
}
