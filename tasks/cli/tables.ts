/** Tables for the terminal. */

import stringWidth from "string-width";
import type { Metrics } from "../../mod.ts";
import { printable } from "../../pipeline/shown_text.ts";

/** Fills a text with blanks at its end, up to a width in columns of the terminal. */
function padEnd(text: string, width: number): string {
  return text + " ".repeat(width - stringWidth(text));
}

/**
 * Renders rows as a table with aligned columns.
 *
 * @param rows Cells; numbers are aligned to the right.
 * @returns The table, without a final newline.
 */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const widths = header.map((title, c) =>
    rows.reduce(
      (widest, row) => Math.max(widest, stringWidth(String(row[c]))),
      stringWidth(title),
    )
  );
  const line = (cells: readonly (string | number)[]) =>
    "  " +
    cells.map((cell, c) =>
      typeof cell === "number"
        ? String(cell).padStart(widths[c]!)
        : padEnd(cell, widths[c]!)
    ).join("  ").trimEnd();
  const rule = widths.map((width) => "-".repeat(width));
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}

/** Cells of a full bar. */
const BAR_CELLS = 20;

/** Parts of a cell, by eighths. */
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * Draws a share as a bar.
 *
 * @param share A number in `[0, 1]`.
 * @returns Blocks, at most 20.
 */
export function renderBar(share: number): string {
  const eighths = Math.round(share * BAR_CELLS * 8);
  return "█".repeat(eighths >> 3) + EIGHTHS[eighths & 7]!;
}

/** Renders precision, recall and F1 of each class, F1 also as a bar. */
export function renderClassTable(metrics: Pick<Metrics, "perClass">): string {
  const round = (value: number) => value.toFixed(3);
  return renderTable(
    ["class", "precision", "recall", "support", "f1", ""],
    metrics.perClass.map(({ name, precision, recall, f1, support }) => [
      printable(name),
      round(precision),
      round(recall),
      support,
      round(f1),
      renderBar(f1),
    ]),
  );
}

/**
 * Renders how often each class was taken for each other. Columns have names, or
 * numbers where names are too wide.
 *
 * @param columns Width of the terminal.
 * @returns The table; `undefined` if it does not fit.
 */
export function renderConfusion(
  metrics: Pick<Metrics, "perClass" | "confusion">,
  columns: number,
): string | undefined {
  // A digit and the two blanks before it: of many classes no table fits.
  if (metrics.perClass.length * 3 > columns) return undefined;
  const names = metrics.perClass.map(({ name }) => printable(name));
  const numbered = names.map((name, i) => `${i} ${name}`);
  const numbers = names.map((_, i) => String(i));
  const tables = [[names, names], [numbered, numbers]].map(([rows, heads]) =>
    renderTable(
      ["true \\ predicted", ...heads!],
      metrics.confusion.map((counts, i) => [rows![i]!, ...counts]),
    )
  );
  return tables.find((table) =>
    table.split("\n").every((line) => stringWidth(line) <= columns)
  );
}
