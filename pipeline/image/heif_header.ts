/**
 * The boxes of HEIF files, HEIC and AVIF: codec, size, and how the picture is
 * turned.
 *
 * Source: ISO/IEC 14496-12, 4.2 (boxes); ISO/IEC 23008-12, 6.5 (`ispe`, `irot`,
 * `imir`), 9.3 (`ipma`).
 */

import { ImageError } from "../errors.ts";

/** What the boxes say. */
export interface HeifHeader {
  /** Who decodes it: `avif` for AV1, `heic` for HEVC. */
  format: "heic" | "avif";
  width: number;
  height: number;
  /** The turn that the decoder of AVIF leaves to others, as an EXIF orientation; 1 for HEIC. */
  orientation: number;
}

/** Boxes that hold boxes, with the bytes that come before those. */
const PARENTS: Readonly<Record<string, number>> = {
  meta: 4,
  iprp: 0,
  ipco: 0,
};

/** Most boxes: a photo of a telephone has some hundred. */
const MOST_BOXES = 20_000;

/** Boxes that list the items of a file: its pictures, and the tiles of a grid. */
const ITEM_LISTS = ["iinf", "iloc", "iref", "ipma"];

/**
 * Most bytes of such a list: enough for the 1000 items that libheif reads. libavif reads
 * any number; each tile costs it a millisecond, however small it is.
 */
const MOST_LIST_BYTES = 2 ** 15;

/** A box: its kind and its content. */
interface Box {
  kind: string;
  data: Uint8Array;
}

/** Lists the boxes in bytes, and those in the ones that matter here. */
function listBoxes(bytes: Uint8Array, found: Box[] = []): Box[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 8 <= bytes.length;) {
    if (found.length === MOST_BOXES) {
      throw new ImageError(`it has more than ${MOST_BOXES} boxes`);
    }
    const length = view.getUint32(at);
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    // Of 64 bits only the media data, which comes last, has need.
    const end = length === 0 ? bytes.length : at + length;
    if (length === 1 || end < at + 8 || end > bytes.length) break;
    const data = bytes.subarray(at + 8, end);
    if (ITEM_LISTS.includes(kind) && data.length > MOST_LIST_BYTES) {
      throw new ImageError(
        `its list ${kind} may have ${MOST_LIST_BYTES} bytes: it has ${data.length}`,
      );
    }
    found.push({ kind, data });
    const before = PARENTS[kind];
    if (before !== undefined) listBoxes(data.subarray(before), found);
    at = end;
  }
  return found;
}

/** EXIF orientations by quarter turns to the left, without and with a mirror after them. */
const TURNS: Readonly<Record<string, readonly number[]>> = {
  none: [1, 8, 3, 6],
  // Axis 0 of `imir` exchanges top and bottom, axis 1 left and right.
  "0": [4, 5, 2, 7],
  "1": [2, 7, 4, 5],
};

/** Finds the properties of the picture that is shown, numbered from 1 in `ipco`. */
function primaryProperties(boxes: readonly Box[]): Set<number> {
  const read = (kind: string) => {
    const data = boxes.find((box) => box.kind === kind)?.data ??
      new Uint8Array();
    return new DataView(data.buffer, data.byteOffset, data.byteLength);
  };
  const [pitm, ipma] = [read("pitm"), read("ipma")];
  const isWide = pitm.byteLength >= 8 && pitm.getUint8(0) > 0;
  const primary = isWide ? pitm.getUint32(4) : pitm.getUint16(4);
  const idBytes = ipma.getUint8(0) > 0 ? 4 : 2;
  const propertyBytes = ipma.getUint8(3) & 1 ? 2 : 1;
  let at = 8;
  for (let left = ipma.getUint32(4); left > 0; left--) {
    const id = idBytes === 4 ? ipma.getUint32(at) : ipma.getUint16(at);
    const count = ipma.getUint8(at + idBytes);
    at += idBytes + 1;
    if (id === primary) {
      return new Set(
        Array.from(
          { length: count },
          (_, i) =>
            propertyBytes === 2
              ? ipma.getUint16(at + i * 2) & 0x7fff
              : ipma.getUint8(at + i) & 0x7f,
        ),
      );
    }
    at += count * propertyBytes;
  }
  return new Set();
}

/** Reads the boxes; throws a `RangeError` where they end too early. */
function readBoxes(bytes: Uint8Array): HeifHeader {
  const boxes = listBoxes(bytes);
  const properties = listBoxes(
    boxes.find(({ kind }) => kind === "ipco")?.data ?? new Uint8Array(),
  );
  const isAvif = properties.some(({ kind }) => kind === "av1C");
  const used = primaryProperties(boxes);
  const own = (kind: string) =>
    properties.find((box, i) => box.kind === kind && used.has(i + 1))?.data;
  const size = own("ispe");
  if (size === undefined) {
    throw new ImageError("there is no size in its boxes");
  }
  const view = new DataView(size.buffer, size.byteOffset, size.byteLength);
  const [width, height] = [view.getUint32(4), view.getUint32(8)];
  const turns = (own("irot")?.[0] ?? 0) & 3;
  const mirror = own("imir")?.[0];
  const orientation = TURNS[mirror === undefined ? "none" : `${mirror & 1}`]!;
  return {
    format: isAvif ? "avif" : "heic",
    width,
    height,
    orientation: isAvif ? orientation[turns]! : 1,
  };
}

/**
 * Reads the header of a HEIC or AVIF.
 *
 * @throws {ImageError} If the boxes end too early or give no size.
 */
export function readHeifHeader(bytes: Uint8Array): HeifHeader {
  try {
    return readBoxes(bytes);
  } catch (cause) {
    if (cause instanceof ImageError) throw cause;
    throw new ImageError("the file ends inside the header", { cause });
  }
}
