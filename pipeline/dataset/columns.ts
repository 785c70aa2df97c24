/**
 * Columns: values of many rows in few typed arrays, where an object a row would
 * take several times the memory.
 *
 * Room grows by doubling. The half that is not used yet is zeros that the
 * operating system has not been asked for, so it takes no memory.
 */

/** Room of a column that was just made, in elements. */
const FIRST_ROOM = 1024;

/** A typed array that a column may be in. */
type Numbers = Uint8Array | Int32Array | Uint32Array | Float64Array;

/** Makes a typed array on a buffer. */
type NumbersType<T extends Numbers> = {
  new (buffer: ArrayBuffer): T;
  readonly BYTES_PER_ELEMENT: number;
};

export class NumberColumn<T extends Numbers> {
  readonly #type: NumbersType<T>;
  #values: T;
  #length = 0;

  /**
   * Makes an empty column.
   *
   * @param type The typed array that it is in, such as `Int32Array`.
   */
  constructor(type: NumbersType<T>) {
    this.#type = type;
    this.#values = new type(new ArrayBuffer(FIRST_ROOM * 8));
  }

  /** Number of values. */
  get length(): number {
    return this.#length;
  }

  /** Makes room for more values. */
  reserve(count: number): void {
    const wanted = this.#length + count;
    if (wanted <= this.#values.length) return;
    const room = Math.max(wanted, this.#values.length * 2);
    const buffer = this.#values.buffer as ArrayBuffer;
    const bytes = room * this.#type.BYTES_PER_ELEMENT;
    this.#values = new this.#type(buffer.transfer(bytes));
  }

  /**
   * Adds a value at the end.
   *
   * @param value The value; it must fit the type.
   */
  push(value: number): void {
    this.reserve(1);
    this.#values[this.#length++] = value;
  }

  /** Adds values at the end. */
  append(values: ArrayLike<number>): void {
    this.reserve(values.length);
    this.#values.set(values, this.#length);
    this.#length += values.length;
  }

  /** Replaces a value; its row must be there. */
  set(row: number, value: number): void {
    this.#values[row] = value;
  }

  /** Returns a value; its row must be there. */
  at(row: number): number {
    return this.#values[row]!;
  }

  /**
   * Returns values, without a copy; they stay where they are until more are added.
   *
   * @param end The row after the last.
   */
  slice(start: number, end: number): T {
    return this.#values.subarray(start, end) as T;
  }
}

/** A column of texts, in UTF-8. */
export class TextColumn {
  readonly #bytes = new NumberColumn(Uint8Array);
  readonly #ends = new NumberColumn(Float64Array);
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

  /** Number of texts. */
  get length(): number {
    return this.#ends.length;
  }

  /** Makes room for more texts, but not for what is in them. */
  reserve(count: number): void {
    this.#ends.reserve(count);
  }

  /** Adds a text at the end. */
  push(text: string): void {
    this.#bytes.append(this.#encoder.encode(text));
    this.#ends.push(this.#bytes.length);
  }

  /** Returns a text; its row must be there. */
  at(row: number): string {
    const start = row === 0 ? 0 : this.#ends.at(row - 1);
    const bytes = this.#bytes.slice(start, this.#ends.at(row));
    return this.#decoder.decode(bytes);
  }
}
