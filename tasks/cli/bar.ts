/** Progress on long work as a bar, where a person watches a terminal. */

import cliProgress from "cli-progress";
import { type BarState, renderBarLine } from "./bar_line.ts";
import { estimate, type Progress, type ProgressOptions } from "./progress.ts";

/** What a bar says of the work so far. */
type Shown = Omit<BarState, "title" | "total" | "unit">;

/** Starts to show progress by a bar that is redrawn in place. */
export function startBar(options: ProgressOptions): Progress {
  const { title, total, unit } = options;
  const bar = new cliProgress.SingleBar({
    format: (_: unknown, { maxWidth }: { maxWidth: number }, shown: Shown) =>
      renderBarLine({ title, total, unit, ...shown }, maxWidth),
    hideCursor: true,
    clearOnComplete: true,
  });
  let started = Date.now();
  let first: number | undefined;
  let shown: Shown = { done: 0, rate: "-", left: "-", note: "", history: [] };
  const start = () => bar.start(total, shown.done, shown);
  start();
  return {
    update(done, note = "", history = []) {
      // What was kept from before came at once and says nothing about the rate.
      first ??= done;
      const elapsed = Date.now() - started;
      const rates = estimate(done - first, total - first, elapsed);
      shown = { done, ...rates, note, history };
      bar.update(done, shown);
    },
    restart() {
      started = Date.now();
      first = shown.done;
    },
    interrupt(print) {
      // A bar ends by clearing the line it began on: nothing may come between.
      bar.stop();
      print();
      start();
    },
    stop: () => bar.stop(),
  };
}
