/** The numbers of runs side by side, on the page of a comparison. */

import type {
  ComparedRun,
  Comparison,
  RunScores,
} from "../comparison/comparison.ts";
import { decimal, name, percent } from "../page/format.ts";
import { type Html, html } from "../page/html.ts";
import { renderTable } from "../page/table.ts";

/** How a number is called, shown, and judged. */
interface Row {
  key: keyof RunScores;
  title: string;
  /** Whether it is shown as a percentage. */
  isShare?: boolean;
  /** Whether less is better. */
  isLoss?: boolean;
}

/** A row a number. */
const ROWS: readonly Row[] = [
  { key: "top1", title: "Top-1 accuracy", isShare: true },
  { key: "top5", title: "Top-5 accuracy", isShare: true },
  { key: "loss", title: "Loss, in nats", isLoss: true },
  { key: "macroF1", title: "Macro F1" },
  { key: "kappa", title: "Cohen’s kappa" },
  { key: "ece", title: "Calibration error", isShare: true, isLoss: true },
];

/**
 * Shows by how much a number differs.
 *
 * @param value The difference; `null` where there is none.
 * @param isShare Whether the numbers are shown as percentages: then it is in points.
 * @returns Text such as `+1.5` or `−0.012`.
 */
export function showDifference(value: number | null, isShare: boolean): string {
  if (value === null) return "–";
  const text = isShare ? (value * 100).toFixed(1) : value.toFixed(3);
  // What rounds to nothing has no sign.
  if (Number(text) === 0) return text.replace("-", "");
  return value > 0 ? `+${text}` : text.replace("-", "−");
}

/** Shows a number of a run, and how it differs from that of the first. */
function renderCell({ key, isShare, isLoss }: Row, run: ComparedRun): Html {
  const { scores, difference, top1Interval: [low, high] } = run;
  const shown = isShare ? percent(scores[key]) : decimal(scores[key]);
  const interval = key === "top1" &&
    html`<small>${percent(low)} to ${percent(high)}</small>`;
  if (difference === null) return html`<td>${shown}${interval}</td>`;
  const change = difference[key] ?? 0;
  const mark = change === 0
    ? "same"
    : change > 0 !== !!isLoss
    ? "right"
    : "wrong";
  const by = showDifference(difference[key], !!isShare);
  return html`<td>${shown} <span class="${mark}">${by}</span>${interval}</td>`;
}

export function renderNumbers({ runs }: Pick<Comparison, "runs">): Html {
  const first = name(runs[0]!.name);
  return renderTable({
    id: "numbers",
    kind: "numbers",
    caption:
      html`Numbers, and by how much they differ from those of ${first}; percentages differ in points`,
    columns: ["number", ...runs.map((run) => name(run.name))],
    rows: ROWS.filter(({ key }) =>
      key !== "top5" || runs.some(({ scores }) => scores.top5 !== null)
    ).map((row) => ({
      title: html`${row.title}${
        row.key === "top1" && html`<small>95 % interval</small>`
      }`,
      cells: runs.map((run) => renderCell(row, run)),
    })),
  });
}
