/**
 * Tables for the terminal.
 *
 * @module
 */

import type { Metrics } from "../../mod.ts";
import { printable } from "./words.ts";

/**
 * Renders rows as a table with aligned columns.
 *
 * @param header Names of the columns.
 * @param rows Cells; numbers are aligned to the right.
 * @returns The table, without a final newline.
 */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const widths = header.map((title, c) =>
    Math.max(title.length, ...rows.map((row) => String(row[c]).length))
  );
  const line = (cells: readonly (string | number)[]) =>
    "  " +
    cells.map((cell, c) =>
      typeof cell === "number"
        ? String(cell).padStart(widths[c]!)
        : cell.padEnd(widths[c]!)
    ).join("  ").trimEnd();
  const rule = widths.map((width) => "-".repeat(width));
  return [line(header), line(rule), ...rows.map(line)].join("\n");
}

/**
 * Renders precision, recall and F1 of each class.
 *
 * @param metrics The numbers.
 * @returns The table.
 */
export function renderClassTable(metrics: Metrics): string {
  const round = (value: number) => value.toFixed(3);
  return renderTable(
    ["class", "precision", "recall", "f1", "support"],
    metrics.perClass.map(({ name, precision, recall, f1, support }) => [
      printable(name),
      round(precision),
      round(recall),
      round(f1),
      support,
    ]),
  );
}
