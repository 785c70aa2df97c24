/** The worst mistakes, with heatmaps of what supported them. */

import type { Evidence } from "../../evidence/activation_map.ts";
import { drawHeatmaps } from "../heatmap.ts";
import type { EvidenceMaps, ReportData } from "./data.ts";
import { filePath, name, percent, whole } from "./format.ts";
import { type Html, html } from "./html.ts";
import { renderPhoto, renderThumbnail, toDataUrl } from "./photo.ts";

/** A picture with what it shows. */
function view(picture: Html, caption: Html | string): Html {
  return html`<figure>${picture}<figcaption>${caption}</figcaption></figure>`;
}

/** Draws the maps of a photo: of the predicted class, and of the true one where that is another. */
async function drawMaps(
  item: Evidence,
  { maps, height, width }: EvidenceMaps,
): Promise<Uint8Array[]> {
  const size = height * width;
  const kinds = item.true === item.predicted ? [0] : [0, 1];
  return await drawHeatmaps(kinds.map((kind) => {
    const start = (item.row * 2 + kind) * size;
    return { values: maps.subarray(start, start + size), height, width };
  }));
}

/** A photo beside itself with its maps. */
async function renderEvidence(
  item: Evidence,
  data: ReportData & { evidence: EvidenceMaps },
): Promise<Html> {
  const { record, path, probability } = item;
  const side = data.thumbnailSide;
  const [predicted, truth] = (await drawMaps(item, data.evidence)).map((map) =>
    html`
      <image width="${side}" height="${side}" preserveAspectRatio="none"
        href="${toDataUrl(map, "png")}" />
    `
  );
  const isRight = item.true === item.predicted;
  const heat = (className: string, map: Html | undefined) =>
    renderThumbnail(record, `Where it looks like ${className}`, data, map);
  const photo = renderThumbnail(record, `Photo of ${item.true}`, data);
  return html`
    <li
      class="evidence"><div class="views">${view(photo, "photo")}${view(
        heat(item.predicted, predicted),
        name(item.predicted),
      )}${truth &&
        view(
          heat(item.true, truth),
          name(item.true),
        )}</div><p><b class="${isRight ? "right" : "wrong"}">${name(
          item.predicted,
        )} ${percent(probability, 0)}</b>${!isRight &&
        html`, labelled ${name(item.true)}`}</p>${filePath(path)}</li>
  `;
}

/** Photos with their maps. */
async function renderEvidenceList(
  items: readonly Evidence[],
  data: ReportData & { evidence: EvidenceMaps },
): Promise<Html> {
  const shown = items.filter(({ record }) => data.thumbnails.has(record));
  const rendered = [];
  for (const item of shown) rendered.push(await renderEvidence(item, data));
  return html`<ul class="evidences">
${rendered}</ul>`;
}

/** Legend of the heatmaps. */
function renderScale({ height, width }: EvidenceMaps, imageSize: number): Html {
  const places = `${width}×${height} places of ${
    Math.round(imageSize / width)
  } pixels`;
  return html`
    <p
      class="legend"><span>Heatmaps: how much a place spoke for the class, by one scale for all maps of a photo. They are coarse: ${places} on ${imageSize}×${imageSize}, drawn smoothly.</span> <span class="scale"><span>little</span><span class="ramp"></span><span>most</span></span></p>
  `;
}

/** The photos, with maps where there are any. */
async function renderMistakes(data: ReportData): Promise<Html> {
  const { evidence, selection, thumbnails } = data;
  const worst = selection.mistakes.list()
    .filter(({ record }) => thumbnails.has(record));
  if (evidence === undefined || evidence.items.length === 0) {
    const reason = evidence === undefined
      ? "the weight file of the backbone was not there; with it, the task eval adds them"
      : "no photo was chosen for them";
    return html`<p class="note">No heatmaps: ${reason}.</p>
<ul class="photos">
${worst.map((photo) => renderPhoto(photo, data))}</ul>`;
  }
  const withMaps = { ...data, evidence };
  const of = (reason: Evidence["reason"]) =>
    evidence.items.filter((item) => item.reason === reason);
  const [mistakes, right] = [of("mistake"), of("right")];
  return html`${renderScale(evidence, data.imageSize)}
${mistakes.length > 0 && await renderEvidenceList(mistakes, withMaps)}
${
    right.length > 0 && html`<h3>Right, for comparison</h3>
${await renderEvidenceList(right, withMaps)}`
  }`;
}

/** Renders the photos that are mistaken worst. */
export async function renderMistakeSection(data: ReportData): Promise<Html> {
  const { metrics: { samples, top1 }, split } = data;
  const mistakes = samples - Math.round(top1 * samples);
  const lead = mistakes === 0
    ? `No photo of split ${split} is mistaken.`
    : `${whole(mistakes)} of ${
      whole(samples)
    } photos are mistaken. These are the worst: those whose label was the least likely. Each says what the head takes it for, how surely, and how it is labelled; where the label is wrong, mend it.`;
  return html`<section id="mistakes" aria-labelledby="mistakes-title">
<h2 id="mistakes-title">Mistakes</h2>
<p>${lead}</p>
${await renderMistakes(data)}
</section>`;
}
