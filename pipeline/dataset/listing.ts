/** Listings: the images of a dataset before any is opened, by the million. */

import { canonicalJson, type Json } from "../artifact/canonical_json.ts";
import { sha256OfParts } from "../artifact/digest.ts";
import type { Candidate } from "./candidate.ts";
import { NumberColumn, TextColumn } from "./columns.ts";
import type { Split } from "./split.ts";

/** A candidate with what the file system says of its file. */
export interface ListedCandidate extends Candidate {
  /** Size in bytes, or -1 where there is no such file. */
  sizeBytes: number;
  /** Time of the last change, in milliseconds since 1970. */
  modifiedMs: number;
}

/** Gives each different value a number, from 0. */
class Numbering<T> {
  readonly values: T[] = [];
  readonly #numbers = new Map<T, number>();

  /** Returns the number of a value; a new one if it is new. */
  of(value: T): number {
    const found = this.#numbers.get(value);
    if (found !== undefined) return found;
    this.#numbers.set(value, this.values.length);
    return this.values.push(value) - 1;
  }
}

/** Characters of text that are digested at a time. */
const PART_LENGTH = 64 * 1024;

/** Candidates in the order of their paths, in columns: some 70 bytes each. */
export class Listing implements Iterable<ListedCandidate> {
  readonly #paths = new TextColumn();
  readonly #sizes = new NumberColumn(Float64Array);
  readonly #times = new NumberColumn(Float64Array);
  readonly #classes = new NumberColumn(Int32Array);
  readonly #splits = new NumberColumn(Uint8Array);
  readonly #classNames = new Numbering<string>();
  readonly #splitNames = new Numbering<Split | undefined>();
  /** Classes that have a folder, in each split that has folders; an empty one counts. */
  readonly declaredClasses: Map<Split | undefined, Set<string>>;
  /** Files left alone as their names are not those of images. */
  readonly otherFiles: string[] = [];
  /** What a person should know of the folders. */
  readonly notes: string[] = [];

  /**
   * Makes a listing without candidates.
   *
   * @param declaredClasses Classes that have a folder, in each split that has folders.
   */
  constructor(declaredClasses: Map<Split | undefined, Set<string>>) {
    this.declaredClasses = declaredClasses;
  }

  /** Number of candidates. */
  get length(): number {
    return this.#sizes.length;
  }

  /** Splits that the dataset gives; `undefined` for one that is drawn. */
  get splits(): ReadonlySet<Split | undefined> {
    return new Set(this.#splitNames.values);
  }

  /** Names of the classes of the candidates, each once. */
  get classNames(): readonly string[] {
    return this.#classNames.values;
  }

  /** Names of the classes that have a folder and no candidate. */
  get emptyClasses(): string[] {
    const declared = [...this.declaredClasses.values()]
      .flatMap((names) => [...names]);
    return [...new Set(declared).difference(new Set(this.classNames))];
  }

  /** Adds a candidate at the end. */
  push(candidate: ListedCandidate): void {
    this.#paths.push(candidate.path);
    this.#sizes.push(candidate.sizeBytes);
    this.#times.push(candidate.modifiedMs);
    this.#classes.push(this.#classNames.of(candidate.className));
    this.#splits.push(this.#splitNames.of(candidate.split));
  }

  /** The candidates, in order, each made when it is read. */
  [Symbol.iterator](): Generator<ListedCandidate> {
    return this.slice(0, this.length);
  }

  /**
   * The candidates of some rows, in order, each made when it is read.
   *
   * @param end The row after the last, which must be there.
   */
  *slice(start: number, end: number): Generator<ListedCandidate> {
    for (let row = start; row < end; row++) {
      yield {
        path: this.#paths.at(row),
        className: this.#classNames.values[this.#classes.at(row)]!,
        split: this.#splitNames.values[this.#splits.at(row)],
        sizeBytes: this.#sizes.at(row),
        modifiedMs: this.#times.at(row),
      };
    }
  }

  /**
   * Digests declared classes and candidates: path, class, split, size and time.
   *
   * The digest is that of one JSON text, which is never there as a whole if it is long.
   *
   * @returns SHA-256, in hex.
   */
  digest(): Promise<string> {
    return sha256OfParts(this.#encode());
  }

  /** Encodes what is digested, some of it at a time. */
  *#encode(): Generator<Uint8Array> {
    const declared = [...this.declaredClasses]
      .map(([split, names]) => [split ?? null, [...names].sort()]);
    const encoder = new TextEncoder();
    let text = `{"declared":${canonicalJson(declared as Json)},"files":[`;
    let separator = "";
    for (const { path, className, split, ...file } of this) {
      const { sizeBytes, modifiedMs } = file;
      const values = [path, className, split ?? null, sizeBytes, modifiedMs];
      text += separator + JSON.stringify(values);
      separator = ",";
      if (text.length < PART_LENGTH) continue;
      yield encoder.encode(text);
      text = "";
    }
    yield encoder.encode(`${text}]}`);
  }
}
