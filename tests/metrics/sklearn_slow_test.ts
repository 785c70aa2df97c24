/**
 * The metrics of 1,000 random cases, by us and by scikit-learn.
 *
 * Ignored where no Python has scikit-learn; on Debian `python3-sklearn`.
 *
 * @module
 */

import { assertEquals, assertLessOrEqual } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { softmax } from "../../pipeline/metrics/loss.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { uniform } from "../support/random.ts";
import { findPython } from "../support/python.ts";
import {
  compareMetrics,
  computeCase,
  type MetricsCase,
  type Samples,
} from "./support.ts";

/** Number of cases. */
const COUNT = 1000;

/** How far a metric may be from that of scikit-learn. */
const MOST = 1e-9;

/** Draws numbers of one case; the first number of neighbouring seeds is about the same, so they are spread. */
function drawFrom(seed: number) {
  const numbers = uniform(Math.imul(seed + 1, 0x9e3779b1));
  const draw = () => numbers.next().value;
  return { draw, below: (limit: number) => Math.floor(draw() * limit) };
}

/** Draws samples; the seed decides on ties, absent classes, distances and how good they are. */
function drawSamples(
  seed: number,
  random: ReturnType<typeof drawFrom>,
  options: { count: number; classCount: number },
): Samples {
  const { count, classCount } = options;
  const { draw, below } = random;
  const present = 1 + below(classCount);
  const labels = Array.from({ length: count }, () => below(present));
  const [grid, spread] = [[1, 1, 64, 64][seed % 4]!, [2, 5, 5, 300][seed % 4]!];
  const signal = [0, 1, 3, 6][(seed >> 2) % 4]!;
  const logits = labels.flatMap((label) =>
    Array.from({ length: classCount }, (_, i) => {
      const noise = (draw() + draw() - 1) * spread;
      return Math.round((noise + (i === label ? signal : 0)) * grid) / grid;
    })
  );
  if (seed % 23 === 0) {
    // All right, or all wrong.
    const sign = seed % 2 ? 1 : -1;
    logits.fill(0);
    labels.forEach((label, i) => logits[i * classCount + label] = sign * 4);
  }
  return { labels, logits };
}

/** Draws a case, with our probabilities as the scores to rank by: an ulp would decide on a tie. */
function drawCase(seed: number): MetricsCase & { scores: number[] } {
  const random = drawFrom(seed);
  const classCount = 1 + random.below(12);
  const count = seed % 10 ? 1 + random.below(80) : 1;
  const draw = (n: number) =>
    drawSamples(seed, random, { count: n, classCount });
  const samples = draw(count);
  const logits = Float32Array.from(samples.logits);
  return {
    ...samples,
    classNames: Array.from({ length: classCount }, (_, i) => `class ${i}`),
    seed,
    validation: seed % 9 ? draw(1 + random.below(60)) : null,
    scores: [...softmax(logits, classCount)],
  };
}

/** Lets scikit-learn compute the metrics of cases. */
async function computeReference(
  python: string,
  cases: readonly MetricsCase[],
): Promise<unknown[]> {
  const script = fromFileUrl(new URL("golden/sklearn_metrics.py", FIXTURES));
  const process = new Deno.Command(python, {
    args: ["-B", script],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = cases.map((item) => `${JSON.stringify(item)}\n`).join("");
  const input = new Blob([lines]).stream().pipeTo(process.stdin);
  const [{ stdout, success }] = await Promise.all([process.output(), input]);
  assertEquals(success, true);
  return new TextDecoder().decode(stdout).trimEnd().split("\n")
    .map((line) => JSON.parse(line));
}

const PYTHON = await findPython("sklearn");

Deno.test({
  name: `the metrics of ${COUNT} random cases equal those of scikit-learn`,
  ignore: PYTHON === undefined,
  async fn() {
    const cases = Array.from({ length: COUNT }, (_, seed) => drawCase(seed));
    const expected = await computeReference(PYTHON!, cases);
    assertEquals(expected.length, COUNT);
    const largest = new Map<string, number>();
    cases.forEach((item, i) => {
      const differences = compareMetrics(computeCase(item), expected[i]);
      for (const [name, difference] of differences) {
        largest.set(name, Math.max(largest.get(name) ?? 0, difference));
      }
    });
    // deno-lint-ignore no-console
    console.table(Object.fromEntries(
      [...largest].map(([name, value]) => [name, value.toExponential(1)]),
    ));
    for (const [name, value] of largest) assertLessOrEqual(value, MOST, name);
  },
});
