/**
 * Superblock and object headers of an HDF5 file: where the root is, and the
 * messages that describe an object. Both are read in their old and new form.
 *
 * Source: sections II.A and IV.A of the HDF5 File Format Specification,
 * https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t4.html. Checksums of the new
 * form are not compared.
 *
 * @module
 */

import type { Hdf5Bytes } from "./hdf5_bytes.ts";

/** First bytes of a superblock. */
const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Types of messages that are read. */
export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  layout: 0x08,
  filters: 0x0b,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

/** A piece of an object header. */
export interface Message {
  /** What it describes. */
  type: number;
  /** Position of its content. */
  at: number;
  /** Bytes of its content. */
  size: number;
  /** Whether the content is only a reference to another place. */
  shared: boolean;
}

/**
 * Finds the superblock: at the start, or at 512 bytes, 1024 and so on, where a
 * file starts with a block of the user's.
 *
 * @param head The first bytes of a file, or all.
 * @returns Its position, if it is there.
 */
export function findSuperblock(head: Uint8Array): number | undefined {
  for (let at = 0; at + SIGNATURE.length <= head.length; at = at * 2 || 512) {
    if (SIGNATURE.every((byte, i) => head[at + i] === byte)) return at;
  }
  return undefined;
}

/**
 * Reads the address of the root group from the superblock.
 *
 * @param file The file.
 * @returns Position of the object header.
 * @throws {FormatError} If the version or the size of addresses is unknown, or the file is cut short.
 */
export function readRootAddress(file: Hdf5Bytes): number {
  const version = file.u8(8);
  if (version > 3) {
    file.fail(`its superblock must have version 0 to 3: it has ${version}`, 8);
  }
  const sizesAt = version < 2 ? 13 : 9;
  const [offsetBytes, lengthBytes] = [file.u8(sizesAt), file.u8(sizesAt + 1)];
  if (offsetBytes !== 8 || lengthBytes !== 8) {
    file.fail(
      `its addresses and sizes must have 8 bytes: they have ${offsetBytes} and ${lengthBytes}`,
      sizesAt,
    );
  }
  const baseAt = [24, 28, 12, 12][version]!;
  const claimed = file.size(baseAt + 16) - file.size(baseAt);
  if (claimed > file.bytes.length) {
    file.fail(
      `it must have ${claimed} bytes from its superblock on: it has ${file.bytes.length}, so it is cut short or damaged`,
      baseAt,
    );
  }
  return file.size([64, 68, 36, 36][version]!);
}

/** Form of the messages of a header. */
interface HeaderForm {
  /** Bytes before the content of a message. */
  prefixBytes: number;
  /** Where in those the flags are. */
  flagsAt: number;
  /** Whether the header is of the new form. */
  isNew: boolean;
}

/** Reads where the first block of messages of a header is, and their form. */
function readStart(file: Hdf5Bytes, at: number) {
  if (file.u8(at) === 1) {
    const form = { prefixBytes: 8, flagsAt: 4, isNew: false };
    return { form, start: at + 16, size: file.u32(at + 8) };
  }
  file.expect("OHDR", at);
  const version = file.u8(at + 4);
  if (version !== 2) {
    file.fail(`object headers must have version 1 or 2: one has ${version}`);
  }
  const flags = file.u8(at + 5);
  const sizeAt = at + 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const readers = [file.u8, file.u16, file.u32, file.size];
  const form = { prefixBytes: flags & 4 ? 6 : 4, flagsAt: 3, isNew: true };
  const size = readers[flags & 3]!.call(file, sizeAt);
  return { form, start: sizeAt + 2 ** (flags & 3), size };
}

/** Reads one block of messages. */
function* readBlock(
  file: Hdf5Bytes,
  form: HeaderForm,
  block: { start: number; size: number },
): Generator<Message> {
  const { prefixBytes, flagsAt, isNew } = form;
  const end = block.start + block.size;
  for (let at = block.start; at + prefixBytes <= end;) {
    file.step(1, at);
    const type = isNew ? file.u8(at) : file.u16(at);
    const size = file.u16(at + (isNew ? 1 : 2));
    const shared = (file.u8(at + flagsAt) & 2) !== 0;
    if (at + prefixBytes + size > end) {
      file.fail(
        `messages must end with their block at byte ${end}: one ends at ${
          at + prefixBytes + size
        }`,
        at,
      );
    }
    yield { type, at: at + prefixBytes, size, shared };
    at += prefixBytes + size;
  }
}

/**
 * Reads the messages of an object.
 *
 * @param file The file.
 * @param address Position of the object header.
 * @returns The messages, in order.
 * @throws {FormatError} If the header is damaged.
 */
export function readHeader(file: Hdf5Bytes, address: number): Message[] {
  const { form, start, size } = readStart(file, address);
  const blocks = [{ start, size }];
  const messages: Message[] = [];
  // Grows while it is walked: a message may say where the next block is.
  for (const block of blocks) {
    for (const message of readBlock(file, form, block)) {
      if (message.type !== MESSAGE.continuation) {
        messages.push(message);
        continue;
      }
      const next = file.size(message.at);
      const nextSize = file.size(message.at + 8);
      if (form.isNew) {
        file.expect("OCHK", next);
        blocks.push({ start: next + 4, size: nextSize - 8 });
      } else {
        blocks.push({ start: next, size: nextSize });
      }
    }
  }
  return messages;
}

/**
 * Finds the message of a type.
 *
 * @param file The file.
 * @param messages The messages of an object.
 * @param type The type.
 * @returns The first of its kind, if there is one.
 * @throws {FormatError} If its content is elsewhere.
 */
export function findMessage(
  file: Hdf5Bytes,
  messages: readonly Message[],
  type: number,
): Message | undefined {
  const message = messages.find((m) => m.type === type);
  if (message?.shared) {
    file.fail(
      `what describes an object must stand with it: message ${type} is shared`,
      message.at,
    );
  }
  return message;
}
