/** Runs side by side, on the photos that all of them have. */

import { canonicalJson, type Json } from "../../artifact/canonical_json.ts";
import { comparePair } from "./compare_pair.ts";
import {
  type ComparedRun,
  type Comparison,
  LISTED_PHOTOS,
  type RunScores,
  type SettingDifference,
} from "./comparison.ts";
import { matchPhotos } from "./match_photos.ts";
import type { PredictionTable } from "./prediction_table.ts";
import { scoreRun } from "./score_run.ts";

/** A run that is compared. */
export interface RunInput {
  name: string;
  /** Its predictions for the photos of the split. */
  table: PredictionTable;
  settings: { readonly [name: string]: Json };
}

/** Level of a single test. */
const LEVEL = 0.05;

/** Subtracts numbers; what is not defined on both sides is not. */
function subtract(a: RunScores, b: RunScores): RunScores {
  const minus = (x: number | null, y: number | null) =>
    x === null || y === null ? null : x - y;
  return Object.fromEntries(
    Object.keys(a).map((key) => [
      key,
      minus(a[key as keyof RunScores], b[key as keyof RunScores]),
    ]),
  ) as unknown as RunScores;
}

/** Lists the settings in which runs differ, in the order of the first that has them. */
function compareSettings(runs: readonly RunInput[]): SettingDifference[] {
  const names = new Set(runs.flatMap(({ settings }) => Object.keys(settings)));
  return [...names].flatMap((setting) => {
    const values = runs.map(({ settings }) => settings[setting] ?? null);
    const texts = new Set(values.map((value) => canonicalJson(value)));
    return texts.size > 1 ? [{ setting, values }] : [];
  });
}

/**
 * Compares runs with the first of them.
 *
 * @param runs The runs, at least two.
 * @returns The comparison; `undefined` if there is no photo that all runs have.
 */
export function compareRuns(
  runs: readonly RunInput[],
  split: string,
): Comparison | undefined {
  const tables = runs.map(({ table }) => table);
  const { rows, unmatched, renamed } = matchPhotos(tables);
  const photos = rows[0]!.length;
  if (photos === 0) return undefined;
  const sides = runs.map(({ name, table }, i) => ({
    name,
    table,
    rows: rows[i]!,
    scored: scoreRun(table, rows[i]!),
  }));
  const [first, ...others] = sides;
  // Bonferroni: of many pairs, the p of some falls below any fixed level by chance.
  const level = LEVEL / others.length;
  const own = first!.scored.scores;
  return {
    split,
    photos,
    runs: sides.map(({ name, table, scored }, i): ComparedRun => ({
      name,
      scores: scored.scores,
      top1Interval: scored.top1Interval,
      difference: i === 0 ? null : subtract(scored.scores, own),
      unmatched: {
        count: unmatched[i]!.length,
        paths: Array.from(
          unmatched[i]!.subarray(0, LISTED_PHOTOS),
          (row) => table.path(row),
        ),
      },
      renamed: renamed[i]!,
    })),
    pairs: others.map((other) => comparePair(first!, other, level)),
    level,
    settings: compareSettings(runs),
  };
}
