/**
 * How often the intervals of an evaluation hold the true share, by simulation:
 * photos are drawn from a population whose shares are known, and evaluated.
 *
 * @module
 */

import { assertGreaterOrEqual } from "@std/assert";
import type { Interval } from "../../pipeline/metrics/binomial.ts";
import { computeMetrics } from "../../pipeline/metrics/metrics.ts";
import { uniform } from "../support/random.ts";

/** Times that photos are drawn. */
const DRAWS = 1000;

/** Of each class, how often a photo of it ranks first, and how often second to fifth. */
const CLASSES = [
  [0.99, 0.01],
  [0.95, 0.04],
  [0.9, 0.05],
  [0.8, 0.1],
  [0.5, 0.3],
  [0.2, 0.5],
  [0.02, 0.08],
] as const;

/** Logits that rank the true class at a place. */
function logitsAt(place: number, label: number): number[] {
  const others = CLASSES.keys().filter((other) => other !== label);
  const order = [...others];
  order.splice(place, 0, label);
  return CLASSES.map((_, own) => -order.indexOf(own));
}

/** Evaluates photos, and asks of each interval whether it holds. */
function drawHeld(count: number, draw: () => number) {
  const labels = Int32Array.from(
    { length: count },
    () => Math.floor(draw() * CLASSES.length),
  );
  const logits = Float32Array.from([...labels].flatMap((label) => {
    const [first, next] = CLASSES[label]!;
    const at = draw();
    return logitsAt(at < first ? 0 : at < first + next ? 2 : 5, label);
  }));
  const { intervals, perClass } = computeMetrics({
    logits,
    labels,
    classNames: CLASSES.map((_, i) => `${i}`),
    fit: { temperature: null, reason: "none" },
  });
  const mean = (share: (of: readonly [number, number]) => number) =>
    CLASSES.reduce((sum, of) => sum + share(of), 0) / CLASSES.length;
  const holds = ([low, high]: Interval, share: number) =>
    low <= share && share <= high;
  return {
    top1: holds(intervals.top1, mean(([first]) => first)),
    top5: holds(intervals.top5!, mean(([first, next]) => first + next)),
    recalls: perClass.flatMap(({ intervals: { recall } }, label) =>
      recall === null ? [] : [holds(recall, CLASSES[label]![0])]
    ),
  };
}

Deno.test("95 % intervals hold the true share in 95 % of samplings, from three photos on", () => {
  const rows: Record<string, Record<string, string>> = {};
  for (const count of [3, 10, 30, 100, 300, 1000]) {
    const numbers = uniform(count);
    const all = Array.from(
      { length: DRAWS },
      () => drawHeld(count, () => numbers.next().value),
    );
    const share = (held: readonly boolean[]) =>
      held.filter((one) => one).length / held.length;
    const found = {
      top1: share(all.map(({ top1 }) => top1)),
      top5: share(all.map(({ top5 }) => top5)),
      recall: share(all.flatMap(({ recalls }) => recalls)),
    };
    rows[count] = Object.fromEntries(
      Object.entries(found).map(([name, held]) => [name, held.toFixed(3)]),
    );
    // 0.95, less three deviations of a share of so many draws.
    const least = 0.95 - 3 * Math.sqrt(0.95 * 0.05 / DRAWS);
    for (const [name, held] of Object.entries(found)) {
      assertGreaterOrEqual(held, least, `${name} of ${count} photos`);
    }
  }
  // deno-lint-ignore no-console
  console.table(rows);
});
