/**
 * The table of figures, for the terminal and for Markdown.
 *
 * @module
 */

import { type BenchRow, meetsTarget, type Row } from "./bench_row.ts";

/** Names of the columns. */
const HEADER = [
  "ratio",
  "target",
  "met",
  "spread",
  "figure",
  "ours",
  "peer",
  "unit",
  "runs",
  "note",
];

/** Significant digits of a number. */
const DIGITS = 3;

/**
 * Writes a number with three significant digits, and all digits of a whole part.
 *
 * @param value The number.
 * @returns The text.
 */
export function formatNumber(value: number): string {
  if (Math.abs(value) >= 10 ** (DIGITS - 1)) return value.toFixed(0);
  if (value !== 0 && Math.abs(value) < 1e-3) return value.toExponential(1);
  return value.toPrecision(DIGITS);
}

/** Cells of a figure that was measured. */
function measuredCells(row: BenchRow): string[] {
  const { ratio, target, spread, figure, ours, peer, unit, runs, note } = row;
  const met = meetsTarget(row);
  const sign = target?.kind === "least" ? "≥" : "≤";
  return [
    ratio === null ? "" : formatNumber(ratio),
    target === null ? "" : `${sign} ${formatNumber(target.value)}`,
    met === null ? "" : met ? "yes" : "no",
    spread.map(formatNumber).join("–"),
    figure,
    formatNumber(ours),
    peer === null ? "" : formatNumber(peer),
    unit,
    String(runs),
    note,
  ];
}

/** Cells of a line. */
function cellsOf(row: Row): string[] {
  if (!("skipped" in row)) return measuredCells(row);
  return HEADER.map((column) =>
    column === "ratio"
      ? "skipped"
      : column === "figure"
      ? row.figure
      : column === "note"
      ? row.skipped
      : ""
  );
}

/** Pads every cell to the width of its column. */
function padCells(table: readonly string[][]): string[][] {
  const widths = HEADER.map((_, c) =>
    Math.max(...table.map((cells) => cells[c]!.length))
  );
  return table.map((cells) => cells.map((cell, c) => cell.padEnd(widths[c]!)));
}

/**
 * Renders the table for the terminal.
 *
 * @param rows The lines.
 * @returns The table, without a final newline.
 */
export function renderText(rows: readonly Row[]): string {
  return padCells([HEADER, ...rows.map(cellsOf)])
    .map((cells) => cells.join("  ").trimEnd()).join("\n");
}

/**
 * Renders the table as Markdown, as `deno fmt` has it.
 *
 * @param rows The lines.
 * @returns The table, without a final newline.
 */
export function renderMarkdown(rows: readonly Row[]): string {
  const body = rows.map((row) =>
    cellsOf(row).map((cell) => cell.replaceAll("|", "\\|"))
  );
  const [header, ...lines] = padCells([HEADER, ...body]);
  const rule = header!.map((cell) => "-".repeat(cell.length));
  return [header!, rule, ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
