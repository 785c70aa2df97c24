/**
 * The table of classes: a script sorts and filters it.
 *
 * @module
 */

import { SPLITS } from "../../dataset/split.ts";
import type { NamedClassScores } from "../../metrics/schema.ts";
import type { ReportData } from "./data.ts";
import { decimal, percent, who, whole } from "./format.ts";
import { type Html, html } from "./html.ts";

/** What the section needs of the data. */
type ClassData = Pick<ReportData, "metrics" | "photos" | "split">;

/** A share with a bar behind it. */
function bar(share: number): Html {
  return html`<td class="bar" style="--v:${share.toFixed(3)}">${
    percent(share)
  }</td>`;
}

/** The row of a class. */
function renderRow(
  scores: NamedClassScores,
  label: number,
  { photos: { bySplit } }: ClassData,
): Html {
  const { support, precision, recall, f1, rocAuc, averagePrecision } = scores;
  return html`<tr><th scope="row">${who(scores.name)}</th><td>${
    whole(support)
  }</td>${bar(precision)}${bar(recall)}${bar(f1)}<td>${
    decimal(rocAuc)
  }</td><td>${decimal(averagePrecision)}</td>${
    SPLITS.map((split) => html`<td>${whole(bySplit[split][label]!)}</td>`)
  }</tr>`;
}

/**
 * Renders the scores of every class, and how many photos it has.
 *
 * @param data The numbers.
 * @returns The section.
 */
export function renderClassSection(data: ClassData): Html {
  const { metrics: { perClass }, split } = data;
  const titles = [
    "class",
    "photos",
    "precision",
    "recall",
    "F1",
    "ROC-AUC",
    "average precision",
    ...SPLITS.map((name) => `in ${name}`),
  ];
  const rows = perClass.map((scores, label) => renderRow(scores, label, data));
  return html`
    <section id="classes" aria-labelledby="classes-title">
      <h2 id="classes-title">Classes</h2>
      <p>Precision: of the photos taken for the class, how many are of it. Recall: of the photos of the class, how many are found. F1 is the harmonic mean of both.</p>
      <p
        class="filter needs-script"><label for="class-filter">Filter by name</label> <input id="class-filter" type="search" autocomplete="off" spellcheck="false"> <output id="class-count" for="class-filter">${whole(
          perClass.length,
        )} of ${whole(perClass.length)}</output></p>
      <div class="scroll tall" tabindex="0" role="region"
        aria-label="Scores by class">
        <table id="class-table" class="numbers">
          <caption>Scores on the photos of split ${split}, and photos of each class by split</caption>
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
