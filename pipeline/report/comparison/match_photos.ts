/**
 * Which photos several runs have in common.
 *
 * A photo is its bytes: the digest. Where bytes occur several times, as copies do,
 * each copy has one partner in each run: the one of the same path if there is one,
 * else the next that is left.
 *
 * @module
 */

import { DigestTable } from "../../dataset/digest_table.ts";
import { NumberColumn } from "../../dataset/columns.ts";
import type { PredictionTable } from "./prediction_table.ts";

/** What of a table the match looks at. */
export type MatchedTable = Pick<PredictionTable, "length" | "path" | "digest">;

/** The photos that all runs have, and those that some lack. */
export interface PhotoMatch {
  /** By run the rows of the photos that all have, in the order of the first run, I32 `[N]`. */
  rows: Int32Array[];
  /** By run the rows of the other photos, in rising order. */
  unmatched: Int32Array[];
  /** By run the number of common photos whose path is not that of the first run. */
  renamed: number[];
}

/** Rows by digest: those of the same digest are a chain in rising order. */
class DigestChains {
  readonly #digests = new DigestTable();
  /** The first row that is left of each digest, or -1. */
  readonly #first: Int32Array;
  /** The next row of the same digest, or -1. */
  readonly #next: Int32Array;

  /** Collects the rows of a table. */
  constructor(table: MatchedTable) {
    this.#next = new Int32Array(table.length).fill(-1);
    this.#first = new Int32Array(table.length);
    const last = new Int32Array(table.length);
    for (let row = 0; row < table.length; row++) {
      const { size } = this.#digests;
      const number = this.#digests.add(table.digest(row));
      if (number === size) this.#first[number] = row;
      else this.#next[last[number]!] = row;
      last[number] = row;
    }
  }

  /** Takes the first row of a digest that is wanted; returns -1 if there is none. */
  take(digest: Uint8Array, isWanted: (row: number) => boolean): number {
    const number = this.#digests.find(digest);
    if (number < 0) return -1;
    let before = -1;
    let row = this.#first[number]!;
    while (row >= 0 && !isWanted(row)) [before, row] = [row, this.#next[row]!];
    if (row < 0) return -1;
    const next = this.#next[row]!;
    if (before < 0) this.#first[number] = next;
    else this.#next[before] = next;
    return row;
  }
}

/** Finds the row of another table for each row of the first; -1 where there is none. */
function findPartners(first: MatchedTable, other: MatchedTable): Int32Array {
  const chains = new DigestChains(other);
  const partners = Int32Array.from({ length: first.length }, (_, row) => {
    const path = first.path(row);
    return chains.take(first.digest(row), (one) => other.path(one) === path);
  });
  // Only now, or a photo would take the copy that another one has the path of.
  for (let row = 0; row < first.length; row++) {
    if (partners[row]! >= 0) continue;
    partners[row] = chains.take(first.digest(row), () => true);
  }
  return partners;
}

/** The rows below a number that are not among some. */
function othersThan(rows: Int32Array, length: number): Int32Array {
  const isCommon = new Uint8Array(length);
  for (const row of rows) isCommon[row] = 1;
  const others = new NumberColumn(Int32Array);
  isCommon.forEach((one, row) => one || others.push(row));
  return others.slice(0, others.length);
}

/**
 * Finds the photos that several runs have in common.
 *
 * @param tables What the runs say of their photos, at least one.
 * @returns Rows of the same photos, and of all others.
 */
export function matchPhotos(tables: readonly MatchedTable[]): PhotoMatch {
  const [first, ...others] = tables as [MatchedTable, ...MatchedTable[]];
  const partners = others.map((other) => findPartners(first, other));
  const common = new NumberColumn(Int32Array);
  for (let row = 0; row < first.length; row++) {
    if (partners.every((rows) => rows[row]! >= 0)) common.push(row);
  }
  const own = common.slice(0, common.length);
  const rows = [
    own,
    ...partners.map((partner) => own.map((row) => partner[row]!)),
  ];
  const renamed = rows.map((matched, run) => {
    let count = 0;
    matched.forEach((row, i) => {
      if (tables[run]!.path(row) !== first.path(own[i]!)) count++;
    });
    return count;
  });
  const unmatched = rows.map((matched, run) =>
    othersThan(matched, tables[run]!.length)
  );
  return { rows, unmatched, renamed };
}
