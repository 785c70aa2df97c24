/** Image records by the million: in columns, some 110 bytes each. */

import { decodeHex, encodeHex } from "@std/encoding/hex";
import { NumberColumn, TextColumn } from "./columns.ts";
import { DIGEST_BYTES } from "./digest_table.ts";
import type { ImageRecord } from "./image_record.ts";
import { type Split, SPLITS } from "./split.ts";

/** Image records, numbered from 0 in the order in which they came; a row that is asked for must be there. */
export class ImageRecords implements Iterable<ImageRecord> {
  #paths = new TextColumn();
  #digests = new NumberColumn(Uint8Array);
  #sizes = new NumberColumn(Float64Array);
  #widths = new NumberColumn(Uint32Array);
  #heights = new NumberColumn(Uint32Array);
  readonly #labels = new NumberColumn(Int32Array);
  readonly #splits = new NumberColumn(Uint8Array);

  /**
   * Collects records.
   *
   * @param records The records; none if not given.
   */
  constructor(records: Iterable<ImageRecord> = []) {
    for (const record of records) this.push(record);
  }

  /** Number of records. */
  get length(): number {
    return this.#labels.length;
  }

  /** Makes room for more records: growing by doubling leaves as much memory behind, in holes. */
  reserve(count: number): void {
    this.#paths.reserve(count);
    this.#digests.reserve(count * DIGEST_BYTES);
    this.#sizes.reserve(count);
    this.#widths.reserve(count);
    this.#heights.reserve(count);
    this.#labels.reserve(count);
    this.#splits.reserve(count);
  }

  /** Adds a record at the end. */
  push(record: ImageRecord): void {
    this.#paths.push(record.path);
    this.#digests.append(decodeHex(record.digest));
    this.#sizes.push(record.sizeBytes);
    this.#widths.push(record.width);
    this.#heights.push(record.height);
    this.#labels.push(record.label);
    this.#splits.push(SPLITS.indexOf(record.split));
  }

  /**
   * Makes records of the same images with other labels, and with splits of their own.
   * The other columns are shared, so no image may be added to either.
   */
  relabel(labelOf: (label: number) => number): ImageRecords {
    const other = new ImageRecords();
    other.#paths = this.#paths;
    other.#digests = this.#digests;
    other.#sizes = this.#sizes;
    other.#widths = this.#widths;
    other.#heights = this.#heights;
    other.#labels.reserve(this.length);
    other.#splits.reserve(this.length);
    for (let row = 0; row < this.length; row++) {
      other.#labels.push(labelOf(this.label(row)));
      other.#splits.push(this.#splits.at(row));
    }
    return other;
  }

  /** Replaces the split of an image. */
  setSplit(row: number, split: Split): void {
    this.#splits.set(row, SPLITS.indexOf(split));
  }

  /** Returns the path of an image. */
  path(row: number): string {
    return this.#paths.at(row);
  }

  /** Returns the label of an image. */
  label(row: number): number {
    return this.#labels.at(row);
  }

  /** Returns the split of an image. */
  split(row: number): Split {
    return SPLITS[this.#splits.at(row)]!;
  }

  /**
   * Returns the digest of an image, without a copy.
   *
   * @returns SHA-256 of the file, U8 `[32]`.
   */
  digest(row: number): Uint8Array {
    const start = row * DIGEST_BYTES;
    return this.#digests.slice(start, start + DIGEST_BYTES);
  }

  /** Returns a record. */
  at(row: number): ImageRecord {
    // In the order in which the lines of the index name them.
    return {
      path: this.path(row),
      sizeBytes: this.#sizes.at(row),
      digest: encodeHex(this.digest(row)),
      width: this.#widths.at(row),
      height: this.#heights.at(row),
      label: this.label(row),
      split: this.split(row),
    };
  }

  /** The records, in order, each made when it is read. */
  *[Symbol.iterator](): Generator<ImageRecord> {
    for (let row = 0; row < this.length; row++) yield this.at(row);
  }

  /**
   * Finds the rows of a split.
   *
   * @returns Its rows in rising order, I32 `[n]`.
   */
  rowsOf(split: Split): Int32Array {
    const rows = new NumberColumn(Int32Array);
    for (let row = 0; row < this.length; row++) {
      if (this.split(row) === split) rows.push(row);
    }
    return rows.slice(0, rows.length);
  }
}
