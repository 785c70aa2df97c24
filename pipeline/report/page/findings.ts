/** Possible faults of the data. */

import type {
  Finding,
  FindingKind,
  FindingPhoto,
} from "../../findings/finding.ts";
import type { FindingGroup } from "../finding_groups.ts";
import { FINDING_PHOTOS } from "../photo_selection.ts";
import type { ReportData } from "./data.ts";
import { printable } from "../../shown_text.ts";
import { count, filePath, name, percent, whole } from "./format.ts";
import { type Html, html } from "./html.ts";
import { renderThumbnail } from "./photo.ts";

/** Title of each kind, and what it means. */
const KINDS: Readonly<Record<FindingKind, readonly [string, string]>> = {
  "copy": [
    "Copies",
    "Photos of the same bytes. Across splits they make the numbers better than they are: leave one of them out. Under two classes one label is wrong.",
  ],
  "near-copy": [
    "Near copies",
    "Photos that look the same to the backbone. Across splits they are as harmful as copies: put them in one split.",
  ],
  "label": [
    "Labels worth a look",
    "Photos that look more like another class than like their own. Where the label is wrong, mend it; where it is right, the photo is a hard one.",
  ],
  "outlier": [
    "Outliers",
    "Photos far from every class. Leave out those that show something else.",
  ],
  "small-class": [
    "Small classes",
    "Classes with too few photos to learn from, or to judge by. Add photos, or join the class with another.",
  ],
};

/** Text in quotes in a message, as JSON writes it. */
const QUOTED = /("(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9a-f]{4}))*")/;

/** Shows a message; the names in it stand apart from the text around them. */
function renderMessage(message: string): Html {
  const parts = message.split(QUOTED).map((part, i) =>
    i % 2 === 0 ? printable(part) : html`“${name(JSON.parse(part))}”`
  );
  return html`${parts}`;
}

function renderFindingPhoto(photo: FindingPhoto, data: ReportData): Html {
  const { record, path, split } = photo;
  const label = `Photo of ${photo.class}`;
  return html`<div class="photo">${
    data.thumbnails.has(record) && renderThumbnail(record, label, data)
  }<p>${name(photo.class)}, ${split}</p>${filePath(path)}</div>`;
}

function renderFinding(finding: Finding, data: ReportData): Html {
  const { photos, message, acrossSplits } = finding;
  const shown = photos.slice(0, FINDING_PHOTOS);
  const more = photos.length - shown.length;
  return html`
    <li
      class="finding"><p>${renderMessage(message)}${acrossSplits && html`
        <span class="badge">across splits</span>
      `}</p>${shown.length > 0 &&
        html`<div class="pair">${
          shown.map((photo) => renderFindingPhoto(photo, data))
        }</div>`}${more > 0 &&
        html`<p>and ${count(more, "more photo")}</p>`}</li>
  `;
}

/** Findings of a kind. */
function renderGroup(group: FindingGroup, data: ReportData): Html {
  const { kind, total, listed, strongest, precision } = group;
  const [title, meaning] = KINDS[kind];
  const which = strongest.length === total
    ? ""
    : ` The ${strongest.length} strongest are shown; ${
      listed === total ? "all" : `the ${whole(listed)} strongest`
    } are in findings.jsonl.`;
  return html`<h3>${title} <small>${whole(total)}</small></h3>
<p>${meaning}${
    precision !== undefined &&
    ` About ${percent(precision, 0)} of these are expected to be wrong.`
  }${which}</p>
<ul class="findings">
${strongest.map((finding) => renderFinding(finding, data))}</ul>`;
}

/** Renders the findings. */
export function renderFindingSection(data: ReportData): Html {
  const { findings } = data;
  const total = findings?.reduce((sum, group) => sum + group.total, 0);
  const lead = total === undefined
    ? "The data was not searched for copies, wrong labels and outliers."
    : total === 0
    ? "Nothing was found: no copies, no labels worth a look, no outliers."
    : `${count(total, "finding")} to look at before the numbers are believed.`;
  return html`<section id="findings" aria-labelledby="findings-title">
<h2 id="findings-title">Findings in the data</h2>
<p>${lead}</p>
${findings?.map((group) => renderGroup(group, data))}
</section>`;
}
