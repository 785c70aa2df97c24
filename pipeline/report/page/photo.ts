/**
 * Photos on the page: each thumbnail is stored once, and shown by reference, so
 * that no script is needed and nothing moves when it comes.
 */

import type { Prediction } from "../../metrics/prediction.ts";
import { predictedClass } from "../photo_selection.ts";
import type { Thumbnails } from "./data.ts";
import { printable } from "../../shown_text.ts";
import { filePath, name, percent } from "./format.ts";
import { type Html, html } from "./html.ts";

/** Encodes a picture as a URL. */
export function toDataUrl(bytes: Uint8Array, type: "jpeg" | "png"): string {
  return `data:image/${type};base64,${bytes.toBase64()}`;
}

/** Renders the store of all thumbnails. */
export function renderThumbnails(
  { thumbnails, thumbnailSide }: Thumbnails,
): Html {
  const images = [...thumbnails].sort(([a], [b]) => a - b).map((
    [record, bytes],
  ) =>
    html`
      <image id="t${record}" width="${thumbnailSide}" height="${thumbnailSide}"
        href="${toDataUrl(bytes, "jpeg")}" />
    `
  );
  return html`
    <svg class="store" width="0" height="0" aria-hidden="true" focusable="false">
      <defs>${images}</defs>
    </svg>
  `;
}

/**
 * Renders a thumbnail, or a place of its size where there is none.
 *
 * @param label What a screen reader says.
 */
export function renderThumbnail(
  record: number,
  label: string,
  { thumbnails, thumbnailSide: side }: Thumbnails,
  overlay?: Html,
): Html {
  if (!thumbnails.has(record)) {
    return html`
      <svg class="thumb" aria-hidden="true" width="${side}"
        height="${side}"></svg>
    `;
  }
  return html`
    <svg class="thumb" role="img" aria-label="${printable(
      label,
    )}" width="${side}"
      height="${side}"
      viewBox="0 0 ${side} ${side}"><use href="#t${record}"/>${overlay}</svg>
  `;
}

/** Renders what a head says of a photo, with the photo. */
export function renderPhoto(prediction: Prediction, data: Thumbnails): Html {
  const { record, path, top5 } = prediction;
  const predicted = predictedClass(prediction);
  const label = `Photo of ${prediction.true}`;
  const isRight = predicted === prediction.true;
  return html`
    <li
      class="photo">${renderThumbnail(
        record,
        label,
        data,
      )}<p><b class="${isRight ? "right" : "wrong"}">${name(
        predicted,
      )} ${percent(top5[0]!.probability, 0)}</b></p><p>${isRight
        ? "right"
        : html`labelled ${name(prediction.true)}`}</p>${filePath(path)}</li>
  `;
}
