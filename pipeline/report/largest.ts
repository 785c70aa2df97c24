/**
 * The largest of many values, a few at a time in memory.
 *
 * @module
 */

/** Keeps the values that come first in an order, at most so many. */
export class Largest<T> {
  /** The values, the first of the order first. */
  readonly values: T[] = [];
  readonly #limit: number;
  readonly #compare: (a: T, b: T) => number;

  /**
   * Starts with none.
   *
   * @param limit How many are kept.
   * @param compare Below 0 if `a` comes before `b`; among equals what was added first does.
   */
  constructor(limit: number, compare: (a: T, b: T) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  /**
   * Adds a value, which stays if it is among the first.
   *
   * @param value The value.
   */
  add(value: T): void {
    const { values } = this;
    let place = values.length;
    while (place > 0 && this.#compare(value, values[place - 1]!) < 0) place--;
    if (place >= this.#limit) return;
    values.splice(place, 0, value);
    if (values.length > this.#limit) values.pop();
  }
}
