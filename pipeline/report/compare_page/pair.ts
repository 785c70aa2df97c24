/**
 * Two runs beside each other, on the page of a comparison.
 *
 * @module
 */

import type {
  ClassChange,
  ComparedPair,
  Comparison,
} from "../comparison/comparison.ts";
import { count, name, percent, visible, whole } from "../page/format.ts";
import { type Html, html } from "../page/html.ts";
import { showDifference } from "./numbers.ts";
import { renderPhotos, type Thumbnails } from "./photos.ts";
import { renderTable } from "./table.ts";

/** Renders how many photos each of two runs has right. */
function renderCounts(pair: ComparedPair, first: string): Html {
  const { run, changed: { won, lost }, bothRight, bothWrong } = pair;
  const cell = (value: number, mark = "same") =>
    html`<td class="${mark}">${whole(value)}</td>`;
  return renderTable({
    id: `counts-${run}`,
    caption: html`Photos that ${name(run)} and ${name(first)} have right`,
    columns: ["", html`Right in ${name(run)}`, html`Wrong in ${name(run)}`],
    rows: [
      {
        title: html`Right in ${name(first)}`,
        cells: [cell(bothRight), cell(lost.count, "wrong")],
      },
      {
        title: html`Wrong in ${name(first)}`,
        cells: [cell(won.count, "right"), cell(bothWrong)],
      },
    ],
  });
}

/** Renders the cells of a class of which more or less is found. */
function renderClass({ support, before, after }: ClassChange): Html[] {
  const gain = after - before;
  const mark = gain > 0 ? "right" : "wrong";
  return [
    html`<td>${whole(support)}</td>`,
    html`<td>${percent(before)}</td>`,
    html`<td>${percent(after)}</td>`,
    html`<td class="${mark}">${showDifference(gain, true)}</td>`,
  ];
}

/** Renders the classes that gained and lost most; nothing if there are none. */
function renderClasses(pair: ComparedPair, first: string): Html | false {
  const { run, wonClasses, lostClasses } = pair;
  const changes = [...wonClasses, ...lostClasses.toReversed()];
  if (changes.length === 0) return false;
  return renderTable({
    id: `classes-${run}`,
    caption: html`Recall of ${name(run)} where it differs most, in points`,
    columns: ["Class", "Photos", name(first), name(run), "Change"],
    rows: changes.map((change) => ({
      title: name(change.name),
      cells: renderClass(change),
    })),
  });
}

/** Renders what is to be known beside the numbers. */
function renderNotes(pair: ComparedPair, comparison: Compared): Html[] {
  const { runs, level } = comparison;
  const { run, ownClasses: { before, after }, relabelled } = pair;
  const first = name(runs[0]!.name);
  const list = (names: readonly string[]) =>
    html`<bdi>${names.map(visible).join(", ")}</bdi>`;
  const shared = runs.length > 2 &&
    `; a p below ${level.toPrecision(2)} is more than chance, 0.05 shared by ${
      runs.length - 1
    } pairs`;
  return [
    html`McNemar’s exact test, of the photos that only one of the two has right${shared}`,
    before.length > 0 && html`Classes of ${first} alone: ${list(before)}`,
    after.length > 0 && html`Classes of ${name(run)} alone: ${list(after)}`,
    relabelled > 0 &&
    html`${count(relabelled, "photo")} of another class in ${
      name(run)
    }: each run is judged by its own classes`,
  ].filter((note) => note !== false);
}

/** What of a comparison two runs are shown with. */
type Compared = Pick<Comparison, "runs" | "level">;

/**
 * Renders two runs beside each other.
 *
 * @param pair The runs.
 * @param comparison All runs.
 * @param thumbnails Pictures of the photos that are shown.
 * @returns A section of the page.
 */
export function renderPair(
  pair: ComparedPair,
  comparison: Compared,
  thumbnails: Thumbnails,
): Html {
  const first = comparison.runs[0]!.name;
  const id = `pair-${pair.run}`;
  const notes = renderNotes(pair, comparison);
  const title = comparison.runs.length > 2
    ? html`${name(pair.run)} beside ${name(first)}`
    : "What changed";
  return html`
    <section aria-labelledby="${id}">
      <h2 id="${id}">${title}</h2>
      <p class="verdict">Verdict: ${pair.verdict}.</p>
      ${notes.map((note) => html`<p class="note">${note}.</p>`)}
      ${renderCounts(pair, first)} ${renderClasses(pair, first)}
      ${renderPhotos(pair, thumbnails)}
    </section>
  `;
}
