/**
 * The first directory of a TIFF: its values by tag, none beyond the end of the file.
 *
 * Source: TIFF 6.0, section 2.
 */

import { ImageError } from "../errors.ts";

/** Bytes of a value by the number of its type: BYTE, SHORT, LONG, UNDEFINED, IFD. */
const TYPE_BYTES: Readonly<Record<number, number>> = {
  1: 1,
  3: 2,
  4: 4,
  7: 1,
  13: 4,
};

/** An entry: where its values are. */
interface Entry {
  size: number;
  count: number;
  at: number;
}

/** The entries of the first directory whose values are whole numbers. */
export class TiffDirectory {
  readonly #view: DataView;
  readonly #entries = new Map<number, Entry>();
  /** Whether the lowest byte of a number comes first. */
  readonly little: boolean;

  /**
   * Reads the entries.
   *
   * @throws {ImageError} If the file ends inside the directory.
   */
  constructor(bytes: Uint8Array) {
    this.#view = new DataView(
      bytes.buffer,
      bytes.byteOffset,
      bytes.byteLength,
    );
    this.little = bytes[0] === 0x49;
    const { little } = this;
    const view = this.#view;
    try {
      const directory = view.getUint32(4, little);
      const count = view.getUint16(directory, little);
      for (let i = 0; i < count; i++) {
        const entry = directory + 2 + 12 * i;
        const size = TYPE_BYTES[view.getUint16(entry + 2, little)];
        if (size === undefined) continue;
        const count = view.getUint32(entry + 4, little);
        const isInside = count * size <= 4;
        const at = isInside ? entry + 8 : view.getUint32(entry + 8, little);
        const tag = view.getUint16(entry, little);
        this.#entries.set(tag, { size, count, at });
      }
    } catch (cause) {
      throw new ImageError("the file ends inside the header", { cause });
    }
  }

  /**
   * Returns the values of a tag.
   *
   * @param most How many at most; the others are passed over.
   * @returns The values; none where there is no such tag.
   * @throws {ImageError} If the file ends inside them.
   */
  values(tag: number, most: number): number[] {
    const entry = this.#entries.get(tag);
    if (entry === undefined) return [];
    const { size, at } = entry;
    const count = Math.min(entry.count, most);
    if (at + count * size > this.#view.byteLength) {
      throw new ImageError("the file ends inside the header");
    }
    const read = (i: number) => {
      if (size === 1) return this.#view.getUint8(at + i);
      return size === 2
        ? this.#view.getUint16(at + 2 * i, this.little)
        : this.#view.getUint32(at + 4 * i, this.little);
    };
    return Array.from({ length: count }, (_, i) => read(i));
  }

  /**
   * Returns the first value of a tag.
   *
   * @param fallback What is returned where there is none.
   */
  first(tag: number, fallback: number): number {
    return this.values(tag, 1)[0] ?? fallback;
  }
}
