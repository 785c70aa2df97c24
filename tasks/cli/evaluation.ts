/** What an evaluation says to people. */

import type { Interval, Metrics } from "../../mod.ts";
import { printable } from "../../pipeline/shown_text.ts";
import { renderClassTable, renderConfusion } from "./tables.ts";
import { count, percent } from "./words.ts";

/** Most classes whose scores are shown. */
const SHOWN_CLASSES = 30;

/** Most pairs of confused classes that are shown. */
const SHOWN_PAIRS = 5;

/** Shows where a share lies. */
function between([low, high]: Interval, level: number): string {
  return `${level * 100} % interval ${percent(low)} to ${percent(high)}`;
}

/** Shows the numbers of all samples together. */
function renderTotals(metrics: Metrics, split: string): string {
  const { samples, top1, top5, loss, macro, intervals } = metrics;
  return [
    `  ${split}: ${count(samples, "sample")}`,
    `top-1 ${percent(top1)} (${between(intervals.top1, intervals.level)})`,
    ...top5 === null ? [] : [`top-5 ${percent(top5)}`],
    `loss ${loss.toFixed(4)}`,
    `macro F1 ${macro.f1.toFixed(4)}`,
  ].join(", ");
}

/** Shows calibration before and after the temperature. */
function renderCalibration({ calibration }: Metrics): string {
  const { before, temperature, after, reason } = calibration;
  const show = ({ ece, brier }: typeof before) =>
    `ECE ${ece.toFixed(4)}, Brier ${brier.toFixed(4)}`;
  const then = temperature === null || after === null
    ? `no temperature: ${reason}`
    : `at temperature ${temperature.toFixed(3)} ${show(after)}, loss ${
      after.loss.toFixed(4)
    }`;
  return `  calibration: ${show(before)}; ${then}`;
}

/** Shows the pairs that are confused most; nothing where all is right. */
function renderConfused({ confused }: Metrics): string[] {
  if (confused.length === 0) return [];
  const pairs = confused.slice(0, SHOWN_PAIRS).map((pair) => {
    const [own, other] = [printable(pair.true), printable(pair.predicted)];
    return `${own} as ${other} ${count(pair.count, "time")} (${
      percent(pair.share)
    })`;
  });
  return [`  most confused: ${pairs.join(", ")}`];
}

/**
 * Renders the numbers of an evaluation: few classes one by one, and all together.
 */
export function renderEvaluation(
  metrics: Metrics,
  options: {
    /** The split that was evaluated. */
    split: string;
    /** Width of the terminal, in characters. */
    columns: number;
  },
): string[] {
  const { split, columns } = options;
  const lines: string[] = [];
  if (metrics.perClass.length <= SHOWN_CLASSES) {
    lines.push(renderClassTable(metrics), "");
  }
  const confusion = renderConfusion(metrics, columns);
  if (confusion !== undefined) lines.push(confusion, "");
  return [
    ...lines,
    renderTotals(metrics, split),
    renderCalibration(metrics),
    ...renderConfused(metrics),
  ];
}
