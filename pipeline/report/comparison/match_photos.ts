/**
 * Which photos several runs have in common.
 *
 * A photo is its bytes: the digest. Where bytes occur several times, as copies do,
 * each copy has one partner in each run: the one of the same path if there is one,
 * else the next that is left.
 */

import { DigestTable } from "../../dataset/digest_table.ts";
import { NumberColumn } from "../../dataset/columns.ts";
import type { PredictionTable } from "./prediction_table.ts";

/** The part of a table that photos are matched by. */
type MatchedTable = Pick<PredictionTable, "length" | "path" | "digest">;

/** The photos that all runs have, and those that some lack. */
interface PhotoMatch {
  /** By run the rows of the photos that all have, in the order of the first run, I32 `[N]`. */
  rows: Int32Array[];
  /** By run the rows of the other photos, in rising order. */
  unmatched: Int32Array[];
  /** By run the number of common photos whose path is not that of the first run. */
  renamed: number[];
}

/** Rows of a table by digest and path, each of which is taken once. */
class DigestRows {
  readonly #table: MatchedTable;
  readonly #digests = new DigestTable();
  /** The number of the digest of each row. */
  readonly #numbers: Int32Array;
  /** The next row of the same digest, or -1. */
  readonly #next: Int32Array;
  /** By number of a digest the first row that may be left, or -1. */
  readonly #first: Int32Array;
  /** 1 for each row that is taken. */
  readonly #taken: Uint8Array;
  /** Rows whose digest others have too, by path. */
  readonly #copies = new Map<string, number>();

  /** Collects the rows of a table, whose paths differ. */
  constructor(table: MatchedTable) {
    const { length } = table;
    this.#table = table;
    this.#numbers = new Int32Array(length);
    this.#next = new Int32Array(length).fill(-1);
    this.#first = new Int32Array(length);
    this.#taken = new Uint8Array(length);
    const last = new Int32Array(length);
    for (let row = 0; row < length; row++) {
      const { size } = this.#digests;
      const number = this.#digests.add(table.digest(row));
      if (number === size) this.#first[number] = row;
      else {
        const before = last[number]!;
        this.#next[before] = row;
        for (const copy of [before, row]) {
          this.#copies.set(table.path(copy), copy);
        }
      }
      this.#numbers[row] = number;
      last[number] = row;
    }
  }

  /** Takes the row of a digest and a path; returns -1 if there is none. */
  takeSame(digest: Uint8Array, path: string): number {
    const number = this.#digests.find(digest);
    if (number < 0) return -1;
    const row = this.#copies.get(path) ?? this.#first[number]!;
    const isSame = this.#numbers[row] === number &&
      this.#table.path(row) === path;
    if (!isSame) return -1;
    this.#taken[row] = 1;
    return row;
  }

  /** Takes the first row of a digest that is left; returns -1 if there is none. */
  takeNext(digest: Uint8Array): number {
    const number = this.#digests.find(digest);
    if (number < 0) return -1;
    let row = this.#first[number]!;
    while (row >= 0 && this.#taken[row]) row = this.#next[row]!;
    this.#first[number] = row;
    if (row >= 0) this.#taken[row] = 1;
    return row;
  }
}

/** Finds the row of another table for each row of the first; -1 where there is none. */
function findPartners(first: MatchedTable, other: MatchedTable): Int32Array {
  const left = new DigestRows(other);
  const partners = Int32Array.from(
    { length: first.length },
    (_, row) => left.takeSame(first.digest(row), first.path(row)),
  );
  // Only now, or a photo would take the copy that another one has the path of.
  for (let row = 0; row < first.length; row++) {
    if (partners[row]! >= 0) continue;
    partners[row] = left.takeNext(first.digest(row));
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
