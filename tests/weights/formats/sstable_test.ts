import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../../../pipeline/errors.ts";
import {
  isTable,
  readTable,
} from "../../../pipeline/weights/formats/sstable.ts";
import {
  concat,
  encodeBlock,
  encodeTable,
  text,
  uint32,
  varint,
} from "./sstable_support.ts";

/** Keys that share more and less, one the start of the next. */
const ENTRIES = [
  "",
  "a",
  "ab",
  "abc/1",
  "abc/2",
  "b",
  "b\u00ff",
  "z".repeat(300),
]
  .map((key, i) => [text(key), text("value".repeat(i))] as const);

/** What messages of errors start with. */
const PREFIX = 'Cannot read "x.index" as a TensorFlow checkpoint as ';

/** Reads a whole table. */
function read(bytes: Uint8Array) {
  return [...readTable(bytes, "x.index")];
}

/** Asserts that a table is refused. */
function assertRefused(bytes: Uint8Array, message: string): void {
  assertThrows(() => read(bytes), FormatError, PREFIX + message);
}

Deno.test.each([
  [1, false],
  [3, false],
  [100, false],
  [3, true],
  [100, true],
])(
  "readTable() reads blocks of %s entries, compressed: %s",
  (blockEntries, isSnappy) => {
    const bytes = encodeTable(ENTRIES, { blockEntries, isSnappy });
    assertEquals(read(bytes), ENTRIES.map((entry) => [...entry]));
  },
);

Deno.test("readTable() gives values as views, and reads a file that is a view", () => {
  const table = encodeTable(ENTRIES);
  const bytes = concat(text("before"), table, text("after"))
    .subarray(6, 6 + table.length);
  const entries = read(bytes);
  assertEquals(entries.length, ENTRIES.length);
  assertEquals(entries.every(([, v]) => v.buffer === bytes.buffer), true);
});

Deno.test("readTable() reads a table without entries", () => {
  assertEquals(read(encodeTable([])), []);
});

Deno.test("readTable() looks at no block before its entries are asked for", () => {
  const changeBlock = (block: Uint8Array, i: number) =>
    i === 1 ? block.subarray(0, 2) : block;
  const bytes = encodeTable(ENTRIES, { blockEntries: 1, changeBlock });
  const entries = readTable(bytes, "x.index");
  assertEquals(entries.next().value, [...ENTRIES[0]!]);
  assertThrows(() => entries.next(), FormatError, PREFIX);
});

Deno.test("readTable() throws if the file is cut off anywhere", () => {
  const bytes = encodeTable(ENTRIES, { blockEntries: 3 });
  for (let size = 0; size < bytes.length; size++) {
    assertRefused(
      bytes.subarray(0, size),
      `it must end with the magic bytes 57fb808b247547db: its ${size} bytes do not`,
    );
    assertThrows(() => read(bytes.subarray(size + 1)), FormatError, PREFIX);
  }
});

Deno.test("readTable() throws if any byte but the padding is changed", () => {
  const bytes = encodeTable(ENTRIES, { blockEntries: 3 });
  const footer = bytes.length - 48;
  for (let i = 0; i < bytes.length; i++) {
    // The handle of the metaindex is not used, and after the handles comes padding.
    if (i >= footer && i < footer + 2) continue;
    if (i >= footer + 5 && i < footer + 40) continue;
    const damaged = bytes.slice();
    damaged[i]! ^= 1;
    assertThrows(() => read(damaged), FormatError, PREFIX, `${i}`);
  }
});

Deno.test("readTable() throws if the checksum of a block is wrong", () => {
  const bytes = encodeTable(ENTRIES);
  bytes[3]! ^= 1;
  assertThrows(
    () => read(bytes),
    FormatError,
    "the masked CRC-32C of the block at 0 must be 0x",
  );
});

/** The first block replaced by other bytes, with a checksum that holds. */
const withBlock = (block: Uint8Array) =>
  encodeTable(ENTRIES, { changeBlock: (old, i) => i === 0 ? block : old });

/** Numbers of an entry, then its bytes, then one restart. */
const entry = (numbers: number[], ...parts: Uint8Array[]) =>
  concat(...numbers.map(varint), ...parts, uint32(0), uint32(1));

Deno.test.each([
  [
    "the first key shares bytes",
    entry([1, 0, 0]),
    "a key must share at most the 0 bytes of the key before: it claims 1",
  ],
  [
    "a key shares more than there is",
    concat(varint(0), varint(1), varint(0), text("a"), entry([2, 1, 0])),
    "a key must share at most the 1 bytes of the key before: it claims 2",
  ],
  [
    "a key is too long",
    entry([0, 1025, 0], new Uint8Array(1025)),
    "a key must have at most 1024 bytes: it claims 1025",
  ],
  [
    "a key is cut off",
    entry([0, 9, 0]),
    "an entry must end where its block ends, at 3: it claims to end at 12",
  ],
  [
    "a value is cut off",
    entry([0, 0, 2 ** 40]),
    "an entry must end where its block ends, at 8: it claims to end at 1099511627784",
  ],
  [
    "a number has eleven bytes",
    concat(new Uint8Array(11).fill(0xff), entry([])),
    "an integer must have at most 64 bits: it has more",
  ],
  [
    "there are more restarts than bytes",
    uint32(1),
    "a block must hold its restarts: it has 4 bytes and claims 1",
  ],
  [
    "a block has three bytes",
    new Uint8Array(3),
    "a block must hold its restarts: it has 3 bytes and claims 0",
  ],
  [
    "keys are not in order",
    encodeBlock([[text("b"), text("")], [text("a"), text("")]]),
    "each key must sort after the one before: entry 2 does not",
  ],
  [
    "a key stands twice",
    encodeBlock([[text("b"), text("")], [text("b"), text("")]]),
    "each key must sort after the one before: entry 2 does not",
  ],
])("readTable() throws if %s", (_name, block, message) => {
  assertRefused(withBlock(block), message);
});

Deno.test("readTable() throws if keys are out of order across blocks", () => {
  const bytes = encodeTable([ENTRIES[2]!, ENTRIES[1]!], { blockEntries: 1 });
  assertRefused(bytes, "each key must sort after the one before: entry 2");
});

Deno.test("readTable() throws if there are too many entries", () => {
  const entries = Array.from({ length: 65_537 }, (_, i) => {
    const key = uint32(i).reverse();
    return [key, new Uint8Array()] as const;
  });
  const bytes = encodeTable(entries, { blockEntries: 1024 });
  assertRefused(bytes, "it must have at most 65536 entries: it has more");
});

Deno.test("readTable() throws if a compression is unknown", () => {
  assertRefused(
    encodeTable(ENTRIES, { compression: 2 }),
    "the compression of the block at ",
  );
});

Deno.test("readTable() throws if a block declares 1 GB", () => {
  const changeBlock = (block: Uint8Array, i: number) =>
    i === 0 ? concat(varint(2 ** 30), block.subarray(1)) : block;
  const bytes = encodeTable(ENTRIES, { isSnappy: true, changeBlock });
  assertThrows(
    () => read(bytes),
    FormatError,
    ": it claims 1073741824",
  );
});

Deno.test.each([
  ["past the end", [[0, 100_000]], "a block must end before byte "],
  ["far past the end", [[2 ** 60, 5]], "a block must end before byte "],
  [
    "twice",
    [[0, 13], [0, 13]],
    "blocks must follow each other: one is said to start at 0, the one before ends at 18",
  ],
  [
    "into each other",
    [[0, 13], [17, 13]],
    "blocks must follow each other: one is said to start at 17, the one before ends at 18",
  ],
] as [string, [number, number][], string][])(
  "readTable() throws if blocks lie %s",
  (_name, handles, message) => {
    const entries = [[text("a"), text("b")], [text("b"), text("c")]] as const;
    const bytes = encodeTable(entries, {
      blockEntries: 1,
      changeHandles: () => handles,
    });
    assertRefused(bytes, message);
  },
);

Deno.test("readTable() throws if the index is one of its own blocks", () => {
  let index: [number, number] = [0, 0];
  const bytes = encodeTable(ENTRIES, {
    changeHandles: (handles) => {
      const [offset, size] = handles.at(-1)!;
      index = [offset + size + 5, 13];
      return [...handles, index];
    },
  });
  assertRefused(bytes, `a block must end before byte ${index[0]}`);
});

Deno.test("isTable() looks at the end", () => {
  const bytes = encodeTable([]);
  assertEquals(isTable(bytes), true);
  assertEquals(isTable(bytes.subarray(0, -1)), false);
  assertEquals(isTable(bytes.subarray(-47)), false);
});
