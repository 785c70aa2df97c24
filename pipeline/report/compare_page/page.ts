/**
 * The page of a comparison: one file, nothing from elsewhere, no script.
 *
 * @module
 */

import type { Json } from "../../artifact/canonical_json.ts";
import type { ComparedRun, Comparison } from "../comparison/comparison.ts";
import { renderDocument } from "../page/document.ts";
import { count, name, visible, whole } from "../page/format.ts";
import { type Html, html } from "../page/html.ts";
import { renderNumbers } from "./numbers.ts";
import { renderPair } from "./pair.ts";
import type { Thumbnails } from "./photos.ts";
import { STYLES } from "./styles.ts";
import { renderTable } from "./table.ts";

/** Paths of photos that only some runs have, shown for each run. */
const SHOWN_PATHS = 100;

/** Shows the value of a setting. */
function renderValue(value: Json): Html {
  const text = typeof value === "string"
    ? visible(value)
    : value === null
    ? "not given"
    : JSON.stringify(value);
  return html`<td class="text"><bdi>${text}</bdi></td>`;
}

/** Renders the settings in which runs differ. */
function renderSettings({ runs, settings }: Comparison): Html {
  const table = settings.length > 0
    ? renderTable({
      id: "differences",
      caption: "Settings that differ",
      columns: ["Setting", ...runs.map((run) => name(run.name))],
      rows: settings.map(({ setting, values }) => ({
        title: html`<code>${setting}</code>`,
        cells: values.map(renderValue),
      })),
    })
    : html`<p>All settings are the same.</p>`;
  return html`
    <section aria-labelledby="settings">
      <h2 id="settings">Settings</h2>
      ${table}
    </section>
  `;
}

/** Says which photos of a run are not compared, and which have moved; nothing if none. */
function renderUnmatched(run: ComparedRun): (Html | false)[] {
  const { unmatched: { count: total, paths }, renamed } = run;
  const shown = paths.slice(0, SHOWN_PATHS).map((path) => name(path));
  const more = total > shown.length &&
    `and ${whole(total - shown.length)} more`;
  const moved = count(renamed, "photo");
  const others = count(total, "photo");
  const which = name(run.name);
  return [
    renamed > 0 &&
    html`
      <p
        class="note">${moved} of ${which} with another path: the bytes are the same.</p>
    `,
    total > 0 && html`
      <details>
        <summary>${others} of ${which} not compared: not every run has them</summary>
        <ul class="paths">
          ${[...shown, more].map((path) => path && html`<li>${path}</li>`)}
        </ul>
      </details>
    `,
  ];
}

/** Lists names, as a sentence does. */
function renderNames(runs: readonly ComparedRun[]): Html[] {
  return runs.map((run, i) => {
    const between = i === 0 ? "" : i === runs.length - 1 ? " and " : ", ";
    return html`${between}${name(run.name)}`;
  });
}

/**
 * Renders the page of a comparison.
 *
 * @param comparison The runs.
 * @param thumbnails Pictures of the photos that are shown.
 * @returns The text of the file.
 */
export function renderComparison(
  comparison: Comparison,
  thumbnails: Thumbnails,
): string {
  const { runs, pairs, split } = comparison;
  const [first, ...others] = runs as [ComparedRun, ...ComparedRun[]];
  const photos = count(comparison.photos, "photo");
  const sections = pairs.map((pair) =>
    renderPair(pair, comparison, thumbnails)
  );
  const body = html`
    <main>
      <h1>${renderNames(others)} beside ${name(first.name)}</h1>
      <p>${photos} of split ${split} that every run was evaluated on.</p>
      ${runs.map(renderUnmatched)} ${renderNumbers(comparison)} ${sections}
      ${renderSettings(comparison)}
    </main>
  `;
  const names = others.map((run) => run.name).join(", ");
  const title = `${names} beside ${first.name}`;
  return renderDocument({ title, body, styles: [STYLES] });
}
