/** Settings, backbone and versions of the run: enough to repeat it. */

import { SETTING_NAMES, SETTINGS } from "../../config/settings.ts";
import { SPLITS } from "../../dataset/split.ts";
import type { PhotoCounts, ReportData, ReportFacts } from "./data.ts";
import { printable } from "../../shown_text.ts";
import { count, duration, filePath, name, setting, whole } from "./format.ts";
import { type Html, html } from "./html.ts";
import { renderTable, type TableRow } from "./table.ts";

/** The settings; those that are not the default stand out. */
function renderSettings({ config }: ReportFacts): Html {
  const rows = SETTING_NAMES.map((title): TableRow => {
    const [value, usual] = [config[title], SETTINGS[title].default];
    const { unit = "" } = SETTINGS[title];
    const shown = html`<td>${setting(value)} ${value !== null && unit}</td>`;
    const cells = [shown, html`<td>${setting(usual)}</td>`];
    return { title, cells, isChosen: value !== usual };
  });
  return renderTable({
    id: "settings",
    kind: "facts",
    caption: "Settings; those that are not the default stand out",
    columns: ["setting", "value", "default"],
    rows,
  });
}

/** Says in which precision the backbone was computed, and what that changed. */
function describePrecision(
  { checked, meanCosine, worstCosine }: NonNullable<ReportFacts["agreement"]>,
  precision: string,
): string {
  return `${precision}; cosine to float32 ${
    meanCosine.toFixed(4)
  } on average, ${worstCosine.toFixed(4)} at worst, of ${
    whole(checked)
  } photos`;
}

/** The backbone, and what ran it. */
function renderBackbone(
  { backbone, config, engines, versions, agreement }: ReportFacts,
): Html {
  const { digest, description, licence, variant, preprocessing } = backbone;
  const precision: [string, string][] = agreement
    ? [["precision", describePrecision(agreement, config.precision)]]
    : [];
  const facts: [string, Html | string][] = [
    [
      "backbone",
      html`<td><bdi>${printable(backbone.name)}</bdi>, ${description}</td>`,
    ],
    ["licence of the weights", licence],
    ["SHA-256 of the weights", html`<td><code>${digest}</code></td>`],
    ["variant of the network", variant],
    ["preprocessing", preprocessing],
    ...precision,
    ["engine of the embeddings", printable(engines.embeddings)],
    ["engine of the head", printable(engines.head)],
    ...Object.entries(versions),
  ];
  return renderTable({
    id: "backbone",
    kind: "facts",
    caption: "Backbone, engines and versions",
    columns: ["what", "which"],
    rows: facts.map(([title, fact]) => ({ title, cells: [fact] })),
  });
}

function renderPhotos({ bySplit, rejected }: PhotoCounts): Html {
  const rows = SPLITS.map((split): TableRow => {
    const labels = bySplit[split];
    const photos = labels.reduce((a, b) => a + b, 0);
    const present = labels.filter((n) => n > 0);
    const [least, most] = [Math.min(...present), Math.max(...present)];
    const range = present.length === 0
      ? "–"
      : least === most
      ? whole(most)
      : `${whole(least)} to ${whole(most)}`;
    return {
      title: split,
      cells: [whole(photos), whole(present.length), range],
    };
  });
  const left = { title: "left out", cells: [whole(rejected), "", ""] };
  return renderTable({
    id: "photos",
    kind: "facts",
    caption: "Photos",
    columns: ["split", "photos", "classes", "photos a class"],
    rows: [...rows, left],
  });
}

/** Photos that were left out, and why. */
function renderLeftOut({ rejected, leftOut }: PhotoCounts): Html | false {
  const more = rejected - leftOut.length;
  return rejected > 0 &&
    html`<details><summary>${count(rejected, "photo")} left out</summary><ul>${
      leftOut.map(({ path, reason }) =>
        html`<li>${filePath(path)}${printable(reason)}</li>`
      )
    }</ul>${
      more > 0 &&
      html`<p>${whole(more)} more in rejected.jsonl of the tensors.</p>`
    }</details>`;
}

/** How long the stages took. */
function renderTimes({ times }: ReportFacts): Html | false {
  if (times === undefined) return false;
  const timed = Object.entries(times);
  const rows = timed.map(([title, { seconds, finishedAt }]): TableRow => {
    const at = `${finishedAt.slice(0, 19).replace("T", " ")} UTC`;
    const time = html`<td><time datetime="${finishedAt}">${at}</time></td>`;
    return { title, cells: [duration(seconds), time] };
  });
  const total = timed.reduce((sum, [, { seconds }]) => sum + seconds, 0);
  return rows.length > 0 && renderTable({
    id: "times",
    kind: "facts",
    caption: "Times of the stages that this run has made itself",
    columns: ["stage", "took", "finished"],
    rows: [...rows, { title: "together", cells: [duration(total), ""] }],
  });
}

/** Renders settings, backbone, versions, times and numbers of photos. */
export function renderFactSection(
  { facts, photos, run, split }: ReportData,
): Html {
  return html`
    <section id="facts" aria-labelledby="facts-title">
      <h2 id="facts-title">What was run</h2>
      <p>Run ${name(
        run,
      )}, evaluated on split ${split}. The table of classes says how many photos each class has.</p>
      <div class="columns">
    <div>
    ${renderPhotos(photos)}
    ${renderLeftOut(photos)}
    ${renderTimes(facts)}
    ${renderBackbone(facts)}
    </div>
    ${renderSettings(facts)}
      </div>
    </section>
  `;
}
