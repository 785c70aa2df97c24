/**
 * Labels flipped on purpose, and how well lists of suspects find them.
 *
 * @module
 */

import {
  ClassConfidence,
  suspectLabel,
} from "../../pipeline/findings/confident_learning.ts";
import {
  NoiseFit,
  worthALook,
  wrongProbability,
} from "../../pipeline/findings/label_noise.ts";
import { fitLeaveOneOut } from "../../pipeline/findings/leave_one_out.ts";
import type { Samples } from "../../pipeline/findings/samples.ts";
import { integers } from "../support/random.ts";
import { multiplyHere, NEVER, range } from "./support.ts";

/** Samples by how wrong their labels seem, the worst first. */
export interface Judged {
  /** Those that are suspected. */
  suspects: number[];
  /** All of them. */
  ranking: number[];
  /** How many of the suspects are expected to be wrong, by us. */
  expected?: number;
}

/** How well flipped labels were found, each in `[0, 1]`. */
export interface Quality {
  /** Share of the flipped ones that are suspected. */
  recall: number;
  /** Share of the suspected ones that are flipped. */
  precision: number;
  /** Number of suspects. */
  listed: number;
  /** How many of them are expected to be wrong; not a number for others than us. */
  expected: number;
  /** Share of flipped ones in as many from the top of the suspects. */
  top: number;
  /** Average precision of the ranking. */
  average: number;
}

/** Flips a share of the labels; returns them, and the numbers of those. */
export function flipLabels(
  labels: Int32Array,
  options: { share: number; classCount: number; seed: number },
): { labels: Int32Array; flipped: Set<number> } {
  const { share, classCount, seed } = options;
  // The first numbers of neighbouring seeds are about the same.
  const below = integers(Math.imul(seed + 1, 0x9e3779b1));
  const flipped = new Set<number>();
  while (flipped.size < Math.round(share * labels.length)) {
    flipped.add(below(labels.length));
  }
  return {
    flipped,
    labels: labels.map((label, i) =>
      flipped.has(i) ? (label + 1 + below(classCount - 1)) % classCount : label
    ),
  };
}

/** Judges samples as the findings do. */
export async function judgeLabels(
  samples: Samples,
  classCount: number,
): Promise<Judged> {
  const { count, labels } = samples;
  const scoreAll = await fitLeaveOneOut(samples, {
    chosen: range(count),
    classCount,
    multiply: multiplyHere,
    signal: NEVER,
  });
  const [block] = await Array.fromAsync(scoreAll());
  const { probabilities } = block!;
  const confidence = new ClassConfidence(classCount);
  confidence.add(probabilities, labels);
  const thresholds = confidence.thresholds();
  const noiseFit = new NoiseFit(count, classCount);
  const ownOf = (i: number) =>
    probabilities.slice(i * classCount, (i + 1) * classCount);
  labels.forEach((label, i) => noiseFit.add(ownOf(i), label));
  const noise = noiseFit.fit();
  const margins = new Float64Array(count);
  const suspected: { sample: number; wrong: number }[] = [];
  labels.forEach((label, i) => {
    const own = ownOf(i);
    if (suspectLabel(own, label, thresholds) !== undefined) {
      const wrong = wrongProbability(own, label, noise);
      suspected.push({ sample: i, wrong });
    }
    const probability = own[label]!;
    own[label] = -1;
    margins[i] = Math.max(...own) - probability;
  });
  const ranking = [...range(count)].sort((a, b) => margins[b]! - margins[a]!);
  const suspects = worthALook(suspected);
  const expected = suspects.at(-1)?.precision ?? 0;
  return {
    ranking,
    suspects: suspects.map(({ sample }) => sample),
    expected: expected * suspects.length,
  };
}

/** Says how well flipped labels were found. */
export function rateJudged(
  { suspects, ranking, expected = NaN }: Judged,
  flipped: ReadonlySet<number>,
): Quality {
  const count = (list: readonly number[]) =>
    list.filter((i) => flipped.has(i)).length;
  let hits = 0;
  let average = 0;
  ranking.forEach((i, place) => {
    if (flipped.has(i)) average += ++hits / (place + 1) / flipped.size;
  });
  return {
    recall: count(suspects) / flipped.size,
    precision: count(suspects) / Math.max(1, suspects.length),
    listed: suspects.length,
    expected,
    top: count(suspects.slice(0, flipped.size)) / flipped.size,
    average,
  };
}
