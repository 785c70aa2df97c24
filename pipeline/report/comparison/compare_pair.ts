/** Compares two runs: where they differ, and whether that is chance. */

import { mcnemarExact } from "../../metrics/mcnemar.ts";
import {
  CHANGE_KINDS,
  type ChangedPhoto,
  type ChangedPhotos,
  type ChangeKind,
  type ClassChange,
  type ComparedPair,
  type Judgement,
  LISTED_CLASSES,
  LISTED_PHOTOS,
} from "./comparison.ts";
import type { PredictionTable } from "./prediction_table.ts";
import type { ScoredRun } from "./score_run.ts";

/** A run with the rows of the photos that are compared. */
interface ComparedSide {
  name: string;
  table: PredictionTable;
  /** Rows of the common photos, I32 `[N]`. */
  rows: Int32Array;
  scored: Pick<ScoredRun, "hits" | "confusion">;
}

/** Positions of photos, by how they have changed, and counts of those that have not. */
interface Changes {
  positions: Record<ChangeKind, number[]>;
  bothRight: number;
  bothWrong: number;
  relabelled: number;
}

/** Returns the prediction of a run for a photo. */
function judge({ table, rows }: ComparedSide, position: number): Judgement {
  const row = rows[position]!;
  return {
    true: table.classNames[table.truth(row)]!,
    predicted: table.classNames[table.predicted(row)]!,
    probability: table.probability(row),
  };
}

/** Sorts all photos by how their prediction has changed. */
function findChanges(first: ComparedSide, other: ComparedSide): Changes {
  const positions: Changes["positions"] = { lost: [], won: [], moved: [] };
  let [bothRight, bothWrong, relabelled] = [0, 0, 0];
  for (let i = 0; i < first.rows.length; i++) {
    const [before, after] = [judge(first, i), judge(other, i)];
    if (before.true !== after.true) relabelled++;
    const [was, is] = [first.scored.hits[i], other.scored.hits[i]];
    if (was && is) bothRight++;
    else if (was) positions.lost.push(i);
    else if (is) positions.won.push(i);
    else {
      bothWrong++;
      if (before.predicted !== after.predicted) positions.moved.push(i);
    }
  }
  return { positions, bothRight, bothWrong, relabelled };
}

/** Lists photos, those of which the other run is surest first. */
function listPhotos(
  positions: readonly number[],
  first: ComparedSide,
  other: ComparedSide,
): ChangedPhotos {
  const sureness = (i: number) => other.table.probability(other.rows[i]!);
  // Sorting is stable: equals stay in the order of the first run.
  const sorted = positions.toSorted((a, b) => sureness(b) - sureness(a));
  const photos = sorted.slice(0, LISTED_PHOTOS).map((i): ChangedPhoto => {
    const row = first.rows[i]!;
    return {
      path: first.table.path(row),
      digest: first.table.hexDigest(row),
      record: first.table.record(row),
      before: judge(first, i),
      after: judge(other, i),
    };
  });
  return { count: positions.length, photos };
}

/** Recall and support of each class that has photos, by name. */
function recallsOf({ table, scored }: ComparedSide) {
  const recalls = new Map<string, { recall: number; support: number }>();
  scored.confusion.forEach((row, label) => {
    const support = row.reduce((sum, count) => sum + count, 0);
    if (support === 0) return;
    const recall = row[label]! / support;
    recalls.set(table.classNames[label]!, { recall, support });
  });
  return recalls;
}

/** Compares how much of each class is found, most gained first. */
function compareClasses(
  first: ComparedSide,
  other: ComparedSide,
): ClassChange[] {
  const after = recallsOf(other);
  const changes = [...recallsOf(first)].flatMap(([name, was]) => {
    const is = after.get(name);
    if (is === undefined || is.recall === was.recall) return [];
    const { support } = was;
    return [{ name, support, before: was.recall, after: is.recall }];
  });
  const gain = ({ before, after }: ClassChange) => after - before;
  return changes.sort((a, b) => gain(b) - gain(a));
}

/** Names that are in one list and not in another. */
function onlyIn(names: readonly string[], others: readonly string[]): string[] {
  const known = new Set(others);
  return names.filter((name) => !known.has(name));
}

/** Compares a run with the first. */
export function comparePair(
  first: ComparedSide,
  other: ComparedSide,
  level: number,
): ComparedPair {
  const { positions, bothRight, bothWrong, relabelled } = findChanges(
    first,
    other,
  );
  const p = mcnemarExact(positions.won.length, positions.lost.length);
  const classes = compareClasses(first, other);
  const [before, after] = [first, other].map(({ table }) => table.classNames);
  const won = classes.filter((one) => one.after > one.before);
  const lost = classes.filter((one) => one.after < one.before).reverse();
  return {
    run: other.name,
    bothRight,
    bothWrong,
    p,
    verdict: describeVerdict({
      p,
      won: positions.won.length,
      lost: positions.lost.length,
      runs: [first.name, other.name],
      level,
    }),
    changed: Object.fromEntries(
      CHANGE_KINDS.map((kind) => [
        kind,
        listPhotos(positions[kind], first, other),
      ]),
    ) as Record<ChangeKind, ChangedPhotos>,
    relabelled,
    lostClasses: lost.slice(0, LISTED_CLASSES),
    wonClasses: won.slice(0, LISTED_CLASSES),
    ownClasses: {
      before: onlyIn(before!, after!),
      after: onlyIn(after!, before!),
    },
  };
}

/**
 * Shows a probability with two digits, or as many as it takes to see on which side
 * of the level it is; the smallest with a bound.
 */
function showP(p: number, level: number): string {
  if (p < 1e-12) return "p < 1e-12";
  for (let digits = 2;; digits++) {
    const shown = p < 0.001
      ? p.toExponential(digits - 1)
      : p.toPrecision(digits);
    if (Number(shown) < level === p < level) return `p = ${shown}`;
  }
}

/** The test of two runs. */
interface Tested {
  p: number;
  /** Photos that only the other run has right. */
  won: number;
  /** Photos that only the first run has right. */
  lost: number;
  /** Names of the first run and the other. */
  runs: [first: string, other: string];
  /** Level below which p is more than chance. */
  level: number;
}

/** Says which of two runs is better, if it can be said. */
export function describeVerdict(tested: Tested): string {
  const { p, won, lost, runs: [first, other], level } = tested;
  if (won + lost === 0) {
    return `${other} and ${first} have the same photos right`;
  }
  if (p >= level) {
    return `no difference beyond chance (${showP(p, level)})`;
  }
  const better = won > lost ? "better" : "worse";
  return `${other} is ${better} than ${first}, by more than chance would explain (${
    showP(p, level)
  })`;
}
