/**
 * Groups of an HDF5 file: names, and the objects they stand for.
 *
 * Links are read in the old form (a B-tree of symbol tables, names in a heap)
 * and in the new one as long as they stand in the object header. Soft and
 * external links lead to nothing.
 *
 * Source: sections III.A to III.D and IV.A.2.g of the HDF5 File Format
 * Specification, https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t4.html.
 *
 * @module
 */

import { type Hdf5Bytes, MAX_NAME_BYTES } from "./hdf5_bytes.ts";
import {
  findMessage,
  MESSAGE,
  type Message,
  readHeader,
  readRootAddress,
} from "./hdf5_header.ts";

/** Bytes of an entry of a symbol table. */
const ENTRY_BYTES = 40;

/** What an entry of a symbol table is for if it is a soft link. */
const SOFT_LINK = 2;

/** A group or a dataset. */
export interface Hdf5Object {
  /** Position of its header. */
  address: number;
  /** The messages of its header. */
  messages: readonly Message[];
}

/** Reads the symbol tables below a node of a B-tree. */
function* readTree(
  file: Hdf5Bytes,
  root: number,
): Generator<number> {
  const pending = [root];
  const seen = new Set<number>();
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (seen.has(at)) file.fail("a B-tree must not lead in circles", at);
    seen.add(at);
    file.expect("TREE", at);
    const level = file.u8(at + 5);
    const count = file.u16(at + 6);
    file.step(count + 1, at);
    for (let i = 0; i < count; i++) {
      const child = file.size(at + 32 + 16 * i);
      if (level > 0) pending.push(child);
      else yield child;
    }
  }
}

/** Reads the links of the old form. */
function readSymbols(
  file: Hdf5Bytes,
  table: Message,
  links: Map<string, number>,
): void {
  const heap = file.size(table.at + 8);
  file.expect("HEAP", heap);
  const names = file.size(heap + 24);
  const namesEnd = names + file.view(names, file.size(heap + 8)).length;
  for (const node of readTree(file, file.size(table.at))) {
    file.expect("SNOD", node);
    const count = file.u16(node + 6);
    file.step(count + 1, node);
    for (let i = 0; i < count; i++) {
      const entry = node + 8 + ENTRY_BYTES * i;
      if (file.u32(entry + 16) === SOFT_LINK) continue;
      const nameAt = names + file.size(entry);
      if (nameAt >= namesEnd) {
        file.fail("its names must be in their heap: one is not", entry);
      }
      const nameBytes = Math.min(MAX_NAME_BYTES, namesEnd - nameAt);
      links.set(file.text(nameAt, nameBytes), file.size(entry + 8));
    }
  }
}

/** Reads a link of the new form. */
function readLink(
  file: Hdf5Bytes,
  { at, size }: Message,
  links: Map<string, number>,
): void {
  const flags = file.u8(at + 1);
  let next = at + 2;
  if (flags & 0x08 && file.u8(next++) !== 0) return;
  next += (flags & 0x04 ? 8 : 0) + (flags & 0x10 ? 1 : 0);
  const readers = [file.u8, file.u16, file.u32, file.size];
  const nameBytes = readers[flags & 3]!.call(file, next);
  next += 2 ** (flags & 3);
  if (next + nameBytes + 8 > at + size) {
    file.fail("a link must end with its message: one does not", at);
  }
  links.set(file.text(next, nameBytes), file.size(next + nameBytes));
}

/** Finds objects by their names; each group is read once. */
export class Hdf5Groups {
  /** The group that all others are in. */
  readonly root: Hdf5Object;
  readonly #file: Hdf5Bytes;
  readonly #links = new Map<number, Map<string, number>>();

  /**
   * Reads the root group.
   *
   * @param file The file.
   */
  constructor(file: Hdf5Bytes) {
    this.#file = file;
    this.root = this.#open(readRootAddress(file));
  }

  /** Reads the header of an object. */
  #open(address: number): Hdf5Object {
    return { address, messages: readHeader(this.#file, address) };
  }

  /**
   * Reads the names in a group.
   *
   * @param group The group.
   * @returns Addresses by name; none if the object is no group.
   */
  links({ address, messages }: Hdf5Object): ReadonlyMap<string, number> {
    const known = this.#links.get(address);
    if (known) return known;
    const file = this.#file;
    const links = new Map<string, number>();
    const table = findMessage(file, messages, MESSAGE.symbolTable);
    if (table) readSymbols(file, table, links);
    const info = findMessage(file, messages, MESSAGE.linkInfo);
    if (info) {
      const heapAt = info.at + 2 + (file.u8(info.at + 1) & 1 ? 8 : 0);
      if (file.address(heapAt) !== undefined) {
        file.fail(
          "groups must have the form of the oldest version of HDF5, as Keras writes them: one has its links in a fractal heap",
          heapAt,
        );
      }
    }
    for (const message of messages) {
      if (message.type === MESSAGE.link) readLink(file, message, links);
    }
    this.#links.set(address, links);
    return links;
  }

  /**
   * Finds an object.
   *
   * @param from The group to start at.
   * @param path Names from there, separated by slashes.
   * @returns The object, if it is there.
   */
  find(from: Hdf5Object, path: string): Hdf5Object | undefined {
    let object = from;
    for (const name of path.split("/")) {
      if (name === "") continue;
      const address = this.links(object).get(name);
      if (address === undefined) return undefined;
      object = this.#open(address);
    }
    return object;
  }
}
