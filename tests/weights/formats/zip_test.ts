import { assertEquals, assertThrows } from "@std/assert";
import { zipSync } from "fflate";
import {
  MAX_ZIP_ENTRIES,
  readZipDirectory,
} from "../../../pipeline/weights/formats/zip.ts";
import { readZipEntry } from "../../../pipeline/weights/formats/zip_entry.ts";
import { FormatError } from "../../../pipeline/errors.ts";
import { little, pack } from "./pytorch_support.ts";

const DATA = Uint8Array.from({ length: 3000 }, (_, i) => i % 7);

/** A record of a directory for {@linkcode zip64}, with all its numbers in the zip64 field. */
function record64(name: string, size: number, start: number): Uint8Array {
  const extra = pack(
    1,
    0,
    24,
    0,
    little(size, 8),
    little(size, 8),
    little(start, 8),
  );
  const fixed = new Uint8Array(46).fill(0xff, 20, 28).fill(0xff, 42, 46);
  fixed.set(pack("PK\x01\x02"));
  fixed[28] = name.length;
  // A field of another kind comes before, as PyTorch pads with.
  fixed[30] = extra.length + 6;
  return pack(fixed, name, "FB\x02\x00zz", extra);
}

/** A zip64 file with one stored entry, as miniz writes it for large files; without CRC-32. */
function zip64(
  { count = 1, at = -1, size = DATA.length, parts = 1 } = {},
): Uint8Array {
  const local = new Uint8Array(30);
  local.set(pack("PK\x03\x04"));
  local[26] = 1;
  const before = pack(local, "w", DATA);
  const record = record64("w", size, 0);
  const end = before.length + record.length;
  const end64 = new Uint8Array(56);
  end64.set(pack("PK\x06\x06"));
  end64.set(little(parts, 8), 24);
  end64.set(little(count, 8), 32);
  end64.set(little(record.length, 8), 40);
  end64.set(little(before.length, 8), 48);
  const locator = pack(
    "PK\x06\x07",
    little(0, 4),
    little(at < 0 ? end : at, 8),
    little(1, 4),
  );
  const last = pack(
    "PK\x05\x06",
    new Uint8Array(4),
    new Uint8Array(12).fill(255),
    0,
    0,
    0,
    0,
  );
  return pack(before, record, end64, locator, last.subarray(0, 22));
}

/** Changes bytes at a distance from a signature. */
function change(
  bytes: Uint8Array,
  signature: string,
  offset: number,
  ...values: number[]
): Uint8Array {
  const at = bytes.findIndex((_, i) =>
    [...signature].every((c, j) => bytes[i + j] === c.charCodeAt(0))
  );
  const changed = bytes.slice();
  changed.set(values, at + offset);
  return changed;
}

const RECORD = "PK\x01\x02";
const LOCAL = "PK\x03\x04";
const END = "PK\x05\x06";
const STORED = zipSync({ a: DATA, b: DATA }, { level: 0 });
const DEFLATED = zipSync({ a: DATA }, { level: 9 });

/** Reads all entries. */
function readAll(bytes: Uint8Array): [string, Uint8Array][] {
  return [...readZipDirectory(bytes, "x.zip")].map((
    [name, entry],
  ) => [name, readZipEntry(bytes, entry, "x.zip")]);
}

Deno.test.each([
  ["stored", STORED, ["a", "b"]],
  ["deflated", DEFLATED, ["a"]],
  ["in zip64", zip64(), ["w"]],
  ["with a comment", change(pack(STORED, "hello"), END, 20, 5), ["a", "b"]],
])("readZipEntry() reads entries %s", (_name, bytes, names) => {
  assertEquals(readAll(bytes), names.map((name) => [name, DATA]));
});

Deno.test("readZipEntry() gives stored entries as views", () => {
  for (const [, data] of readAll(STORED)) {
    assertEquals(data.buffer, STORED.buffer);
  }
});

Deno.test("readZipDirectory() reads a file without entries", () => {
  assertEquals(readAll(zipSync({})), []);
});

const DAMAGED =
  'its entry "a" must have the CRC-32 of its directory: it is damaged';

Deno.test.each([
  [
    "no directory",
    STORED.subarray(0, 3000),
    "its zip directory must be at its end: the file is cut off",
  ],
  [
    "a directory past its end",
    change(STORED, END, 16, 255, 255),
    "its zip directory must end before 6156: it ends at 65629",
  ],
  [
    "a directory cut off",
    change(STORED, END, 10, 3, 0).map((b, i, all) =>
      i === all.length - 14 ? 3 : b
    ),
    "its zip directory must be whole: it is damaged",
  ],
  [
    "a record cut off",
    change(STORED, RECORD, 30, 255, 255),
    "its zip directory must be whole: it is cut off",
  ],
  [
    "one of several parts",
    change(STORED, END, 4, 1),
    "it must be a whole zip file: it is one of parts",
  ],
  [
    "one of several parts, in zip64",
    zip64({ parts: 2 }),
    "it must be a whole zip file: it is one of parts",
  ],
  [
    "an encrypted entry",
    change(STORED, RECORD, 8, 1),
    'its entry "a" must not be encrypted: it is',
  ],
  [
    "another method",
    change(STORED, RECORD, 10, 93),
    'its entry "a" must be stored or deflated: its method is 93',
  ],
  [
    "two sizes of a stored entry",
    change(STORED, RECORD, 20, 1),
    'its entry "a" must have one size as it is stored: it has 2817 and 3000',
  ],
  [
    "an entry without header",
    change(STORED, LOCAL, 0, 0),
    'its entry "a" must lie before the directory at 6062: there is none at 0',
  ],
  [
    "an entry in the directory",
    change(STORED, LOCAL, 28, 0, 255),
    'its entry "a" must lie before the directory at 6062: it ends at 68311',
  ],
  [
    "a large number",
    change(STORED, RECORD, 42, 255, 255, 255, 255),
    'its entry "a" must have sizes of at most 2⁵³ bytes in its zip64 field: it has not',
  ],
  [
    "a number over 2⁵³",
    zip64({ size: 2 ** 60 }),
    'its entry "w" must have sizes of at most 2⁵³ bytes in its zip64 field: it has not',
  ],
  [
    "a size past its end",
    zip64({ size: 2 ** 40 }),
    'its entry "w" must lie before the directory at 3031: it ends at 1099511627807',
  ],
  [
    "a zip64 record elsewhere",
    zip64({ at: 2 ** 50 }),
    "its zip64 record must be at 1125899906842624: it is not",
  ],
  [
    "too many entries",
    zip64({ count: MAX_ZIP_ENTRIES + 1, parts: MAX_ZIP_ENTRIES + 1 }),
    "it must have at most 65536 zip entries: it claims 65537",
  ],
  [
    "a name twice",
    zipSync({ a: DATA, b: DATA }, { level: 0 }).map((b, i, all) =>
      b === 98 && all[i - 46] === 80 && all[i - 45] === 75 ? 97 : b
    ),
    'each of its zip entries must have its own name: "a" is there twice',
  ],
  ["damage", change(STORED, LOCAL, 40, 9), DAMAGED],
  [
    "damage in what is deflated",
    change(DEFLATED, LOCAL, 31, 255, 255),
    'its entry "a" must be deflated bytes: they are damaged',
  ],
  [
    "more than it claims",
    change(DEFLATED, RECORD, 24, 0xb0),
    'its entry "a" must unpack to 2992 bytes: it unpacks to more',
  ],
  [
    "less than it claims",
    change(DEFLATED, RECORD, 24, 0xb9),
    'its entry "a" must unpack to 3001 bytes: it unpacks to 3000',
  ],
  [
    "a bomb",
    change(DEFLATED, RECORD, 24, 0, 0, 0, 1),
    `it must unpack to at most ${
      65536 + 100 * DEFLATED.length
    } bytes, else it is a zip bomb: it claims 16777216`,
  ],
])(
  "readZipDirectory() and readZipEntry() refuse %s",
  (_name, bytes, expected) => {
    const error = assertThrows(() => readAll(bytes), FormatError);
    assertEquals(
      error.message,
      `Cannot read "x.zip" as PyTorch weights as ${expected}`,
    );
  },
);
