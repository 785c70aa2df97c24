/** The line of a progress bar with its sparkline, fitted to the width of the terminal. */

export interface BarState {
  /** What is being done. */
  title: string;
  /** Units that are done. */
  done: number;
  /** Units in all. */
  total: number;
  /** What a unit is, in the plural. */
  unit: string;
  /** Units a second. */
  rate: string;
  /** Time that the rest takes. */
  left: string;
  /** What else there is to say; may be empty. */
  note: string;
  /** Numbers that are drawn after the note, in order; may be empty. */
  history: readonly number[];
}

const BAR_CELLS = { most: 24, least: 8 };

/** Least blocks of numbers that say something. */
const LEAST_BLOCKS = 10;

/** Draws the bar itself. */
function drawBar({ done, total }: BarState, cells: number): string {
  const share = total > 0 ? Math.min(done / total, 1) : 0;
  const full = Math.round(share * cells);
  return "█".repeat(full) + "░".repeat(cells - full);
}

/**
 * Renders the line of a bar.
 *
 * Where the terminal is too narrow for everything, the bar becomes shorter; then
 * numbers, rate, note and time are left out, in this order. The line never fills
 * the last column, where some terminals begin a new line.
 *
 * @param columns Width of the terminal.
 */
export function renderBarLine(state: BarState, columns: number): string {
  const { title, done, total, unit, rate, left, history } = state;
  const start = `  ${title} `;
  const counts = ` ${done}/${total} ${unit}`;
  const note = state.note && ` | ${state.note}`;
  const ends = [
    ` | ${rate}/s | ${left} left${note}`,
    ` | ${left} left${note}`,
    ` | ${left} left`,
    "",
  ].map((end) => counts + end);
  const room = (end: string) => columns - 1 - start.length - end.length;
  const draw = (cells: number) =>
    start + drawBar(state, Math.min(cells, BAR_CELLS.most));
  for (const end of history.length > 0 ? ends.slice(0, 2) : []) {
    const cells = Math.min(Math.floor(room(end) / 2), BAR_CELLS.most);
    const blocks = room(end) - cells - 1;
    if (cells < BAR_CELLS.least || blocks < LEAST_BLOCKS) continue;
    return `${draw(cells)}${end} ${renderSparkline(history, blocks)}`;
  }
  const end = ends.find((end) => room(end) >= BAR_CELLS.least);
  return end === undefined
    ? (start + counts.trimStart()).slice(0, Math.max(0, columns - 1))
    : draw(room(end)) + end;
}

/** Blocks by height, in eighths of a line. */
const LEVELS = "▁▂▃▄▅▆▇█";

/** What a flat line is drawn with: neither low nor high. */
const FLAT = "▄";

/**
 * Draws the last of some numbers as blocks, a block a number.
 *
 * The lowest that is shown is `▁` and the highest `█`; if all are the same, each is
 * `▄`.
 *
 * @example Usage
 * ```ts
 * renderSparkline([9, 0, 0.5, 1], 3); // "▁▅█"
 * ```
 */
export function renderSparkline(
  values: readonly number[],
  width: number,
): string {
  const shown = values.slice(Math.max(0, values.length - width));
  const low = Math.min(...shown);
  const range = Math.max(...shown) - low;
  const top = LEVELS.length - 1;
  return shown.map((value) =>
    range > 0 ? LEVELS[Math.round((value - low) / range * top)] : FLAT
  ).join("");
}
