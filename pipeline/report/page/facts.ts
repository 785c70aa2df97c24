/**
 * What was run: enough to run it again.
 *
 * @module
 */

import { STAGES } from "../../artifact/fingerprint.ts";
import { SETTING_NAMES, SETTINGS } from "../../config/settings.ts";
import { SPLITS } from "../../dataset/split.ts";
import type { PhotoCounts, ReportData, ReportFacts } from "./data.ts";
import { duration, name, visible, whole } from "./format.ts";
import { type Html, html } from "./html.ts";

/** A table with a title; its first column names the rows. */
function renderTable(
  title: string,
  head: readonly string[],
  rows: readonly (Html | false)[],
): Html {
  return html`
    <div class="scroll" tabindex="0" role="region" aria-label="${title}">
      <table class="facts">
        <caption>${title}</caption>
        <thead>
          <tr>${head.map((text) => html`<th scope="col">${text}</th>`)}</tr>
        </thead>
        <tbody>
    ${rows}</tbody>
      </table>
    </div>
  `;
}

/** A row of a table. */
function renderRow(title: string, ...values: (Html | string)[]): Html {
  return html`<tr><th scope="row">${title}</th>${
    values.map((value) => html`<td>${value}</td>`)
  }</tr>`;
}

/** Shows the value of a setting. */
function show(value: string | number | boolean | null): Html | string {
  return value === null ? "auto" : html`<bdi>${visible(String(value))}</bdi>`;
}

/** The settings; those that are not the default say so. */
function renderSettings({ config }: ReportFacts): Html {
  const rows = SETTING_NAMES.map((setting) => {
    const [value, usual] = [config[setting], SETTINGS[setting].default];
    const isDefault = value === usual;
    const { unit = "" } = SETTINGS[setting];
    return html`
      <tr class="${isDefault ? "" : "chosen"}">
        <th scope="row">${setting}</th>
        <td>${show(value)} ${value !== null && unit}</td>
        <td>${isDefault ? "default" : html`instead of ${show(usual)}`}</td>
      </tr>
    `;
  });
  return renderTable("Settings", ["setting", "value", "chosen"], rows);
}

/** The backbone, and what ran it. */
function renderBackbone({ backbone, engines, versions }: ReportFacts): Html {
  const { digest, description, licence, variant, preprocessing } = backbone;
  return renderTable("Backbone, engines and versions", ["what", "which"], [
    renderRow(
      "backbone",
      html`<bdi>${visible(backbone.name)}</bdi>, ${description}`,
    ),
    renderRow("licence of the weights", licence),
    renderRow("SHA-256 of the weights", html`<code>${digest}</code>`),
    renderRow("graph", variant),
    renderRow("preprocessing", preprocessing),
    renderRow("engine of the embeddings", visible(engines.embeddings)),
    renderRow("engine of the head", visible(engines.head)),
    ...Object.entries(versions).map(([what, version]) =>
      renderRow(what, version)
    ),
  ]);
}

/** Photos by split. */
function renderPhotos({ bySplit, rejected }: PhotoCounts): Html {
  const rows = SPLITS.map((split) => {
    const labels = bySplit[split];
    const photos = labels.reduce((a, b) => a + b, 0);
    const present = labels.filter((n) => n > 0);
    const [least, most] = [Math.min(...present), Math.max(...present)];
    const range = present.length === 0
      ? "–"
      : least === most
      ? whole(most)
      : `${whole(least)} to ${whole(most)}`;
    return renderRow(split, whole(photos), whole(present.length), range);
  });
  const left = renderRow("left out", whole(rejected), "", "");
  const head = ["split", "photos", "classes", "photos a class"];
  return renderTable("Photos", head, [...rows, left]);
}

/** How long the stages took. */
function renderTimes({ times }: ReportFacts): Html | false {
  if (times === undefined) return false;
  const rows = STAGES.map((stage) => {
    const time = times[stage];
    return time !== undefined &&
      renderRow(
        stage,
        duration(time.seconds),
        html`<time datetime="${time.finishedAt}">${time.finishedAt}</time>`,
      );
  });
  return renderTable("Times", ["stage", "took", "finished"], rows);
}

/**
 * Renders what was run, with what, and on how many photos.
 *
 * @param data The facts.
 * @returns The section.
 */
export function renderFactSection(
  { facts, photos, run, split }: Pick<
    ReportData,
    "facts" | "photos" | "run" | "split"
  >,
): Html {
  return html`
    <section id="facts" aria-labelledby="facts-title">
      <h2 id="facts-title">What was run</h2>
      <p>Run ${name(
        run,
      )}, evaluated on split ${split}. Photos of each class stand in the table of classes.</p>
      <div class="columns">
    <div>
    ${renderPhotos(photos)}
    ${renderTimes(facts)}
    ${renderBackbone(facts)}
    </div>
    ${renderSettings(facts)}
      </div>
    </section>
  `;
}
