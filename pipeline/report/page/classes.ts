/** The table of classes: a script sorts and filters it. */

import { type Split, SPLITS } from "../../dataset/split.ts";
import type { Interval } from "../../metrics/binomial.ts";
import type { NamedClassScores } from "../../metrics/schema.ts";
import type { ReportData } from "./data.ts";
import { decimal, fullName, percent, showInterval, whole } from "./format.ts";
import { type Html, html } from "./html.ts";

/** A number between 0 and 1 with a bar behind it, and the interval of a share. */
function bar(share: number, text: string, interval?: Interval | null): Html {
  return html`<td class="bar" style="--v:${share.toFixed(3)}">${text}${
    interval && html`<small>${showInterval(interval)}</small>`
  }</td>`;
}

/** The splits that have photos, except the evaluated one, which has a column already. */
function otherSplits({ photos: { bySplit }, split }: ReportData): Split[] {
  return SPLITS.filter((other) =>
    other !== split && bySplit[other].some((photos) => photos > 0)
  );
}

/** The row of a class. */
function renderRow(
  scores: NamedClassScores,
  label: number,
  counts: readonly (readonly number[])[],
): Html {
  const { support, precision, recall, f1, rocAuc, averagePrecision } = scores;
  const { intervals } = scores;
  return html`<tr><th scope="row">${fullName(scores.name)}</th><td>${
    whole(support)
  }</td>${bar(precision, percent(precision), intervals.precision)}${
    bar(recall, percent(recall), intervals.recall)
  }${bar(f1, decimal(f1))}<td>${decimal(rocAuc)}</td><td>${
    decimal(averagePrecision)
  }</td>${
    counts.map((photos) => html`<td>${whole(photos[label]!)}</td>`)
  }</tr>`;
}

/** Renders the scores of every class, and how many photos it has. */
export function renderClassSection(data: ReportData): Html {
  const { metrics: { perClass }, photos: { bySplit }, split } = data;
  const others = otherSplits(data);
  const counts = others.map((other) => bySplit[other]);
  const titles = [
    "class",
    "photos",
    "precision",
    "recall",
    "F1",
    "ROC-AUC",
    "average precision",
    ...others.map((name) => `in ${name}`),
  ];
  const rows = perClass.map((scores, label) =>
    renderRow(scores, label, counts)
  );
  return html`
    <section id="classes" aria-labelledby="classes-title">
      <h2 id="classes-title">Classes</h2>
      <p>Precision: of the photos taken for the class, how many are of it. Recall: of the photos of the class, how many are found. Below them their 95 % intervals: with few photos they are wide. F1 is the harmonic mean of both.</p>
      <p
        class="filter needs-script"><label for="class-filter">Filter by name</label> <input id="class-filter" type="search" autocomplete="off" spellcheck="false"> <output id="class-count" for="class-filter">${whole(
          perClass.length,
        )} of ${whole(perClass.length)}</output></p>
      <div class="scroll tall" tabindex="0" role="region"
        aria-label="Scores by class">
        <table id="class-table" class="numbers">
          <caption>Scores on the photos of split ${split}${others.length > 0 &&
            ", and photos in other splits"}</caption>
          <thead>
            <tr>${titles.map((title) =>
              html`<th scope="col"><span class="sort">${title}</span></th>`
            )}</tr>
          </thead>
          <tbody>
    ${rows}</tbody>
        </table>
      </div>
    </section>
  `;
}
