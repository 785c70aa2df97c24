/** The stack of an unpickler, with the marks in it. */

import { pytorchError } from "./format_errors.ts";

/** The stack. Taking an item that is missing or of another type throws a `FormatError`. */
export class PickleStack {
  readonly #values: unknown[] = [];
  readonly #marks: number[] = [];
  readonly #path: string;

  /** Starts with nothing on the stack. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Throws, as the stack does not hold what an opcode takes. */
  #fail(): never {
    throw pytorchError(
      this.#path,
      "each opcode of its pickle must find what it takes: one does not",
    );
  }

  /** Puts a value on top. */
  push(value: unknown): void {
    this.#values.push(value);
  }

  /** Marks the top. */
  mark(): void {
    this.#marks.push(this.#values.length);
  }

  /** The value on top, above the last mark. */
  top(): unknown {
    if (this.#values.length <= (this.#marks.at(-1) ?? 0)) this.#fail();
    return this.#values.at(-1);
  }

  /** Takes the value on top. */
  pop(): unknown {
    const value = this.top();
    this.#values.pop();
    return value;
  }

  /** Takes some values, the topmost last. */
  take(count: number): unknown[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  /** Takes all values above the last mark, and the mark. */
  popMark(): unknown[] {
    return this.#values.splice(this.#marks.pop() ?? this.#fail());
  }

  /** The list on top. */
  list(): unknown[] {
    const list = this.top();
    return Array.isArray(list) ? list : this.#fail();
  }

  /** Sets pairs in the mapping on top. */
  setItems(items: readonly unknown[]): void {
    const map = this.top();
    if (!(map instanceof Map) || items.length % 2 !== 0) this.#fail();
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  }

  /** Takes an array. */
  popArray(): unknown[] {
    const array = this.pop();
    return Array.isArray(array) ? array : this.#fail();
  }

  /** Takes a text. */
  popText(): string {
    const text = this.pop();
    return typeof text === "string" ? text : this.#fail();
  }
}
