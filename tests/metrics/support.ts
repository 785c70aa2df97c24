/**
 * Cases of metrics that scikit-learn computes too.
 *
 * @module
 */

import type { Metrics } from "../../mod.ts";
import { computeMetrics } from "../../pipeline/metrics/metrics.ts";
import { fitTemperature } from "../../pipeline/metrics/temperature.ts";

/** Samples as JSON holds them. */
export interface Samples {
  /** The true label of each. */
  labels: number[];
  /** Logits in row-major order. */
  logits: number[];
}

/** What `fixtures/golden/sklearn_metrics.py` computes from. */
export interface MetricsCase extends Samples {
  /** Name of each class. */
  classNames: string[];
  /** What the case was drawn by. */
  seed: number;
  /** Samples to fit the temperature on. */
  validation: Samples | null;
}

/** Computes the metrics of a case. */
export function computeCase(item: MetricsCase): Metrics {
  const { labels, logits, classNames, validation } = item;
  return computeMetrics({
    logits: Float32Array.from(logits),
    labels: Int32Array.from(labels),
    classNames,
    fit: validation
      ? fitTemperature(
        Float32Array.from(validation.logits),
        Int32Array.from(validation.labels),
        classNames.length,
      )
      : { temperature: null, reason: "there is nothing to fit it on" },
  });
}

/** Lists what a JSON value holds by its path, without the positions of lists, such as `perClass.f1`. */
export function flatten(value: unknown, path = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, part]) => {
    const parent = path === "" ? key : `${path}.${key}`;
    return flatten(part, Array.isArray(value) ? path : parent);
  });
}

/**
 * Compares metrics with those of scikit-learn, number by number.
 *
 * @param actual The metrics.
 * @param expected Those of scikit-learn, which give no reason.
 * @returns By the path of the metric its largest difference, relative for the temperature; infinite where one has a number and the other has none.
 */
export function compareMetrics(
  actual: Metrics,
  expected: unknown,
): Map<string, number> {
  const differences = new Map<string, number>();
  const own = flatten(actual).filter(([name]) => name !== "calibration.reason");
  const other = flatten(expected);
  if (own.map(([name]) => name).join() !== other.map(([name]) => name).join()) {
    return differences.set("schema", Infinity);
  }
  own.forEach(([name, a], i) => {
    const e = other[i]![1];
    let difference = Object.is(a, e) ? 0 : Infinity;
    if (typeof a === "number" && typeof e === "number") {
      const unit = name === "calibration.temperature" ? e : 1;
      difference = Math.abs(a - e) / unit;
    }
    differences.set(name, Math.max(differences.get(name) ?? 0, difference));
  });
  return differences;
}
