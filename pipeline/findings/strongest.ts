/** The first of many by some order, in bounded memory. */

/** Keeps what comes first by an order. */
export class Strongest<T> {
  readonly #limit: number;
  readonly #compare: (a: T, b: T) => number;
  #kept: T[] = [];
  #total = 0;
  /** The last item that was kept when some were dropped: what is not before it never will be kept. */
  #last: T | undefined;

  /**
   * Starts with nothing.
   *
   * @param compare Below 0 where `a` comes before `b`; of equals what was added first does.
   */
  constructor(limit: number, compare: (a: T, b: T) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  /** Number of items that were added, kept or not. */
  get total(): number {
    return this.#total;
  }

  add(item: T): void {
    this.#total++;
    // Not even collected: what lives for a while costs memory for longer.
    if (this.#last !== undefined && this.#compare(item, this.#last) >= 0) {
      return;
    }
    this.#kept.push(item);
    // Sorted once for as many as are kept, rather than for each.
    if (this.#kept.length >= 2 * this.#limit) this.#cut();
  }

  /** Counts items that are known to be too weak. */
  skip(count: number): void {
    this.#total += count;
  }

  /** Drops the items beyond the limit. */
  #cut(): void {
    this.#kept.sort(this.#compare);
    if (this.#kept.length < this.#limit) return;
    this.#kept.length = this.#limit;
    this.#last = this.#kept.at(-1);
  }

  /**
   * Returns what was kept.
   *
   * @returns The kept items, in order.
   */
  list(): T[] {
    this.#cut();
    return this.#kept;
  }
}
