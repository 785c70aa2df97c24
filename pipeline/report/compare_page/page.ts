/** The page of a comparison: one file, nothing from elsewhere, no script. */

import { renderNumbers } from "./numbers.ts";
import { renderPair } from "./pair.ts";
import type { ComparedRun, Comparison } from "../comparison/comparison.ts";
import type { Thumbnails } from "../page/data.ts";
import { count, filePath, name, setting, whole } from "../page/format.ts";
import { type Html, html, renderDocument } from "../page/html.ts";
import { renderThumbnails } from "../page/photo.ts";
import { BASE_STYLE, PRINT_STYLE } from "../page/style_base.ts";
import { renderTable } from "../page/table.ts";

/** Paths of photos that only some runs have, shown for each run. */
const SHOWN_PATHS = 100;

/** Renders the settings in which runs differ. */
function renderSettings({ runs, settings }: Comparison): Html {
  const table = settings.length > 0
    ? renderTable({
      id: "differences",
      kind: "facts",
      caption: "Settings that differ",
      columns: ["setting", ...runs.map((run) => name(run.name))],
      rows: settings.map(({ setting: title, values }) => ({
        title,
        cells: values.map((value) => html`<td>${setting(value)}</td>`),
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
  const shown = paths.slice(0, SHOWN_PATHS).map(filePath);
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
      <details class="unmatched">
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

/** Keeps the sign and the size of p in one line. */
function keepTogether(verdict: string): string {
  return verdict.replace(/p ([=<]) /, "p\u00a0$1\u00a0");
}

/** Renders the verdict of each pair, and how it is reached. */
function renderVerdicts({ runs, pairs, level }: Comparison): Html {
  const [first] = runs;
  const verdicts = pairs.map(({ run, verdict }) => {
    const pair = pairs.length > 1
      ? html`${name(run)} beside ${name(first!.name)}:`
      : "Verdict:";
    return html`<p class="lead verdict">${pair} ${keepTogether(verdict)}.</p>`;
  });
  const shared = pairs.length > 1 &&
    ` Below ${
      level.toPrecision(2)
    } it is more than chance: 0.05, shared by ${pairs.length} pairs.`;
  return html`
    ${verdicts}
    <p
      class="note">p: how often two runs that are as good would differ as much by chance (McNemar’s exact test, of the photos that only one of the two has right).${shared}</p>
  `;
}

/**
 * Renders the page of a comparison.
 *
 * @param thumbnails Pictures of the photos that are shown, by row in the dataset index of the first run.
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
    <section aria-labelledby="title">
      <h1 id="title"><small>Split ${split}, ${photos} that every run was evaluated on</small> ${renderNames(
        others,
      )} beside ${name(first.name)}</h1>
      ${renderVerdicts(comparison)} ${runs.map(renderUnmatched)}
      ${renderNumbers(comparison)}
    </section>
    ${sections} ${renderSettings(comparison)}
    </main>
    <footer>Made by Headstart. Every photo that changed is in <code>deno task compare --json</code>, those of a run in its predictions.jsonl.</footer>
    ${renderThumbnails(thumbnails)}
  `;
  const names = others.map((run) => run.name).join(", ");
  return renderDocument({
    title: `${names} beside ${first.name}`,
    body,
    styles: [BASE_STYLE, COMPARE_STYLE, PRINT_STYLE],
  });
}

const COMPARE_STYLE = `
.verdict { font-weight: 600; }
td.right, td.wrong { font-weight: 600; }
.same { color: var(--muted); }
tr small { display: block; white-space: normal; color: var(--muted); font-weight: 400; }
.beside th, .beside td, .beside caption { padding-inline: .6rem; }
.paths { columns: 18rem; margin-top: .5rem; }
.paths .path { padding: .1rem 0; }
@media print { .unmatched summary { display: block !important; list-style: none; color: var(--muted); } }
`;
