/**
 * A line of the table: a figure, and how it compares.
 *
 * @module
 */

import { median, pairRatios, type Spread, spread } from "./statistics.ts";

/** What a figure should be. */
export interface Target {
  /** Whether the value is the least or the most that will do. */
  kind: "least" | "most";
  /** The value, of the ratio; of the figure itself where there is none. */
  value: number;
}

/** A figure that was measured. */
export interface BenchRow {
  /** What is compared with what. */
  figure: string;
  /** Median of ours. */
  ours: number;
  /** Median of the other, or `null` where there is no other. */
  peer: number | null;
  /** Median of the ratios of each round, or `null` where there is no other. */
  ratio: number | null;
  /** What it should be, or `null` if it only informs. */
  target: Target | null;
  /** Unit of ours and of the other. */
  unit: string;
  /** Number of rounds. */
  runs: number;
  /** Least and greatest ratio; of the figure itself where there is none. */
  spread: Spread;
  /** What else is to be known. */
  note: string;
}

/** A figure that could not be measured. */
export interface SkippedRow {
  /** What would have been compared with what. */
  figure: string;
  /** Why it could not. */
  skipped: string;
  /** Whether it should have been possible. */
  failed?: boolean;
}

/** A line of the table. */
export type Row = BenchRow | SkippedRow;

/** Numbers of each round, and what they mean. */
export interface Comparison {
  /** Ours, one a round. */
  ours: readonly number[];
  /** The other's, one a round. */
  peer?: readonly number[] | undefined;
  /** Unit of both. */
  unit: string;
  /** Which one the ratio has above the line. @default {"ours"} */
  above?: "ours" | "peer" | undefined;
  /** What the ratio should be. */
  target?: Target | undefined;
  /** What else is to be known. */
  note?: string | undefined;
}

/**
 * Makes a line of the numbers of each round.
 *
 * @param figure What is compared with what.
 * @param comparison The numbers and what they mean.
 * @returns The line.
 * @throws {RangeError} If there are no rounds, or not as many of one as of the other.
 */
export function compareRounds(
  figure: string,
  comparison: Comparison,
): BenchRow {
  const { ours, peer, unit, above = "ours", target, note = "" } = comparison;
  const pair = above === "ours" ? [ours, peer] : [peer, ours];
  const ratios = peer && pairRatios(pair[0]!, pair[1]!);
  return {
    figure,
    ours: median(ours),
    peer: peer ? median(peer) : null,
    ratio: ratios ? median(ratios) : null,
    target: target ?? null,
    unit,
    runs: ours.length,
    spread: spread(ratios ?? ours),
    note,
  };
}

/**
 * Tells whether a figure is what it should be.
 *
 * @param row The line.
 * @returns Whether it is; `null` where nothing is demanded.
 */
export function meetsTarget(row: BenchRow): boolean | null {
  const { ratio, ours, target } = row;
  if (target === null) return null;
  const value = ratio ?? ours;
  return target.kind === "least"
    ? value >= target.value
    : value <= target.value;
}
