/** Two runs beside each other, on the page of a comparison. */

import type {
  ClassChange,
  ComparedPair,
  Comparison,
} from "../comparison/comparison.ts";
import type { Thumbnails } from "../page/data.ts";
import { count, fullName, name, percent, whole } from "../page/format.ts";
import { type Html, html } from "../page/html.ts";
import { renderTable } from "../page/table.ts";
import { showDifference } from "./numbers.ts";
import { renderPhotos } from "./photos.ts";

/** Renders how many photos each of two runs has right. */
function renderCounts(pair: ComparedPair, first: string): Html {
  const { run, changed: { won, lost }, bothRight, bothWrong } = pair;
  const cell = (value: number, mark = "same") =>
    html`<td class="${mark}">${whole(value)}</td>`;
  return renderTable({
    id: `counts-${run}`,
    kind: "numbers",
    caption: html`Photos that ${name(run)} and ${name(first)} have right`,
    columns: ["", html`right in ${name(run)}`, html`wrong in ${name(run)}`],
    rows: [
      {
        title: html`right in ${name(first)}`,
        cells: [cell(bothRight), cell(lost.count, "wrong")],
      },
      {
        title: html`wrong in ${name(first)}`,
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
    kind: "numbers",
    caption: html`Recall of ${name(run)} where it differs most, in points`,
    columns: ["class", "photos", name(first), name(run), "change"],
    rows: changes.map((change) => ({
      title: fullName(change.name),
      cells: renderClass(change),
    })),
  });
}

function renderNames(names: readonly string[]): Html[] {
  return names.map((one, i) => html`${i > 0 && ", "}${name(one)}`);
}

/** Renders what is to be known beside the numbers. */
function renderNotes(pair: ComparedPair, first: string): Html[] {
  const { run, ownClasses: { before, after }, relabelled } = pair;
  return [
    before.length > 0 &&
    html`Classes of ${name(first)} alone: ${renderNames(before)}`,
    after.length > 0 &&
    html`Classes of ${name(run)} alone: ${renderNames(after)}`,
    relabelled > 0 &&
    html`${count(relabelled, "photo")} of another class in ${
      name(run)
    }: each run is judged by its own classes`,
  ].filter((note) => note !== false);
}

/** Renders two runs beside each other. */
export function renderPair(
  pair: ComparedPair,
  { runs }: Pick<Comparison, "runs">,
  thumbnails: Thumbnails,
): Html {
  const first = runs[0]!.name;
  const id = `pair-${pair.run}`;
  const title = runs.length > 2
    ? html`${name(pair.run)} beside ${name(first)}`
    : "What changed";
  return html`
    <section aria-labelledby="${id}">
      <h2 id="${id}">${title}</h2>
      ${renderNotes(pair, first).map((note) =>
        html`<p class="note">${note}.</p>`
      )}
      <div class="beside">${renderCounts(pair, first)}${renderClasses(
        pair,
        first,
      )}</div>
      ${renderPhotos(pair, thumbnails)}
    </section>
  `;
}
