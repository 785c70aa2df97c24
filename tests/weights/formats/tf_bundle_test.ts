import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../../../pipeline/errors.ts";
import { crc32c, maskCrc32c } from "../../../pipeline/artifact/crc32c.ts";
import {
  countShards,
  decodeTensorBundle,
} from "../../../pipeline/weights/formats/tf_bundle.ts";
import {
  BUNDLE_HEADER,
  type BundleClaims,
  bundleEntry,
  concat,
  encodeTable,
  integer,
  message,
  shapeOf,
  text,
} from "./sstable_support.ts";

/** What messages of errors start with. */
const PREFIX = 'Cannot read "x.ckpt" as a TensorFlow checkpoint as ';

/** A shard of 32 bytes. */
const SHARD = Uint8Array.from({ length: 32 }, (_, i) => i);

/** The masked checksum of a part of {@linkcode SHARD}. */
function crcOf(start: number, end: number): number {
  return maskCrc32c(crc32c(SHARD.subarray(start, end)));
}

/** Encodes an index of entries by name. */
function encodeIndex(
  entries: Record<string, BundleClaims>,
  header = BUNDLE_HEADER,
): Uint8Array {
  const rest = Object.entries(entries)
    .map(([name, claims]) => [text(name), bundleEntry(claims)] as const);
  return encodeTable([[text(""), header], ...rest]);
}

/** Asserts that an index is refused. */
function assertRefused(index: Uint8Array, expected: string): void {
  assertThrows(
    () => decodeTensorBundle(index, [SHARD], "x.ckpt"),
    FormatError,
    PREFIX + expected,
  );
}

Deno.test("decodeTensorBundle() reads every type, as views", () => {
  const sizes: [string, number, number][] = [
    ["F32", 1, 4],
    ["F64", 2, 8],
    ["I32", 3, 4],
    ["U8", 4, 1],
    ["I64", 9, 8],
    ["BF16", 14, 2],
    ["F16", 19, 2],
  ];
  let offset = 0;
  const entries: Record<string, BundleClaims> = {};
  const expected = new Map<string, unknown>();
  for (const [name, dtype, size] of sizes) {
    const [start, end] = [offset, offset + size];
    const shape = shapeOf(1, 1);
    entries[name] = { dtype, shape, offset, size, crc: crcOf(start, end) };
    const data = SHARD.subarray(start, end);
    expected.set(name, { dtype: name, shape: [1, 1], data });
    offset = end;
  }
  const sorted = Object.fromEntries(Object.entries(entries).sort());
  const tensors = decodeTensorBundle(encodeIndex(sorted), [SHARD], "x.ckpt");
  assertEquals(tensors, expected as typeof tensors);
  assertEquals(
    [...tensors.values()].every(({ data }) => data.buffer === SHARD.buffer),
    true,
  );
});

Deno.test("decodeTensorBundle() reads several shards, and tensors without elements", () => {
  const index = encodeIndex({
    a: { shard: 2, crc: crcOf(0, 16) },
    b: { shape: shapeOf(0, 7), size: 0, crc: crcOf(0, 0) },
  }, integer(1, 3));
  assertEquals(countShards(index, "x.ckpt"), 3);
  const shards = [new Uint8Array(), new Uint8Array(5), SHARD];
  const tensors = decodeTensorBundle(index, shards, "x.ckpt");
  assertEquals(tensors.get("a")!.data, SHARD.subarray(0, 16));
  assertEquals(tensors.get("b")!.shape, [0, 7]);
});

Deno.test("decodeTensorBundle() leaves out strings and what else is no weight", () => {
  const index = encodeIndex({
    _CHECKPOINTABLE_OBJECT_GRAPH: { dtype: 7, size: 2 ** 40, shape: shapeOf() },
    flag: { dtype: 10, shape: shapeOf(-1) },
  });
  assertEquals(decodeTensorBundle(index, [SHARD], "x.ckpt").size, 0);
});

Deno.test.each([
  [
    "is past the end",
    { offset: 17 },
    'tensor "w" must lie in the 32 bytes of data file 0: it claims [17, 33]',
  ],
  [
    "is before the start",
    { offset: -1 },
    'tensor "w" must lie in the 32 bytes of data file 0: it claims [-1, 15]',
  ],
  [
    "is at 2^63",
    { offset: 2n ** 63n - 1n },
    "field 4 must be within 2^53 of 0: it is 9223372036854776000",
  ],
  [
    "is longer than its shape",
    { size: 17 },
    'tensor "w" of F32 [4] takes 16 bytes: it claims 17',
  ],
  [
    "has a negative size",
    { size: -16 },
    'tensor "w" of F32 [4] takes 16 bytes: it claims -16',
  ],
  [
    "has an absurd shape",
    { shape: shapeOf(2 ** 50, 2 ** 50) },
    'tensor "w" of F32 [1125899906842624,1125899906842624] takes 5.070602400912918e+30 bytes: it claims 16',
  ],
  [
    "has a negative dimension",
    { shape: shapeOf(-2, -2) },
    'each dimension of tensor "w" must be at least 0: dimension 0 is -2',
  ],
  [
    "has nine dimensions",
    { shape: shapeOf(...Array(9).fill(1)) },
    'tensor "w" must have at most 8 dimensions: it has more',
  ],
  [
    "is in another shard",
    { shard: 1 },
    'tensor "w" must lie in data file 0 to 0: it claims 1',
  ],
  [
    "is in shard -1",
    { shard: -1 },
    'tensor "w" must lie in data file 0 to 0: it claims -1',
  ],
  [
    "is damaged",
    { crc: 1 },
    `the masked CRC-32C of tensor "w" must be 0x00000001: it is 0x${
      crcOf(0, 16).toString(16)
    }`,
  ],
  [
    "is partitioned",
    { more: message(7, message(1)) },
    'each tensor must be in one piece: "w" is partitioned',
  ],
  [
    "ends within a field",
    { more: Uint8Array.of(0x0a, 9) },
    "a field must end where its message ends: 9 bytes are claimed, 0 are there",
  ],
] as [string, BundleClaims, string][])(
  "decodeTensorBundle() throws if a tensor %s",
  (_name, claims, expected) => {
    assertRefused(encodeIndex({ w: claims }), expected);
  },
);

Deno.test("decodeTensorBundle() names the tensor of a piece that comes first", () => {
  const key = "\0embedding/weights\0\u0001\u0001\u0002";
  assertRefused(
    encodeIndex({ [key]: {}, w: {} }),
    'each tensor must be in one piece: "embedding/weights" is partitioned',
  );
});

Deno.test("decodeTensorBundle() throws if tensors share bytes", () => {
  const crc = crcOf(0, 16);
  assertRefused(
    encodeIndex({ a: { crc }, b: { crc }, c: { crc } }),
    'tensors must not share bytes of data file 0: those up to "c" take more than its 32 bytes',
  );
});

Deno.test("decodeTensorBundle() throws if a name is not UTF-8", () => {
  const index = encodeTable([
    [text(""), BUNDLE_HEADER],
    [Uint8Array.of(0xff), bundleEntry({})],
  ]);
  assertRefused(index, "the name of a tensor must be UTF-8: it is not");
});

Deno.test.each([
  [
    "no shards",
    integer(1, 0),
    "it must have 1 to 1000 data files: it claims 0",
  ],
  [
    "1001 shards",
    integer(1, 1001),
    "it must have 1 to 1000 data files: it claims 1001",
  ],
  [
    "-1 shards",
    integer(1, -1),
    "it must have 1 to 1000 data files: it claims -1",
  ],
  ["two shards", integer(1, 2), "it has 2 data files: 1 were given"],
  [
    "big endian data",
    concat(integer(1, 1), integer(2, 1)),
    "its data must be little endian: endianness is 1",
  ],
  [
    "a later version",
    concat(integer(1, 1), message(3, integer(2, 2))),
    "its version must be at most 1: it asks for 2",
  ],
])(
  "decodeTensorBundle() throws if the header says %s",
  (_name, header, expected) => {
    assertRefused(encodeIndex({}, header), expected);
  },
);

Deno.test("decodeTensorBundle() throws if there is no header", () => {
  const expected = "its first key must be empty, with the header: it is not";
  assertRefused(encodeTable([[text("w"), bundleEntry({})]]), expected);
  assertRefused(encodeTable([]), expected);
});

Deno.test("countShards() throws if the index is too large", () => {
  assertThrows(
    () => countShards(new Uint8Array(16 * 2 ** 20 + 1), "x.ckpt"),
    FormatError,
    PREFIX + "an index must have at most 16777216 bytes: it has 16777217",
  );
});
