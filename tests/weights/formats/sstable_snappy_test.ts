import { assertEquals, assertThrows } from "@std/assert";
import { compress } from "snappyjs";
import { FormatError } from "../../../pipeline/errors.ts";
import { decompressSnappy } from "../../../pipeline/weights/formats/sstable_snappy.ts";
import { uniform } from "../../support/random.ts";
import { concat, text, varint } from "./sstable_support.ts";

Deno.test("decompressSnappy() undoes compress() at every size", () => {
  const random = uniform(3);
  for (const size of [0, 1, 59, 60, 61, 255, 256, 257, 4096, 70_000]) {
    // Few values, so that there are copies, near and far.
    const bytes = Uint8Array.from(
      { length: size },
      () => Math.floor(random.next().value ** 4 * 9),
    );
    assertEquals(decompressSnappy(compress(bytes), "x"), bytes, `${size}`);
  }
});

Deno.test("decompressSnappy() reads every kind of element", () => {
  const long = "0123456789".repeat(7);
  const stream = concat(
    varint(4 + 5 + 3 + 4 + 70),
    Uint8Array.of(3 << 2),
    text("abcd"),
    Uint8Array.of(1 << 2 | 1, 4), // 5 bytes, 4 back
    Uint8Array.of(2 << 2 | 2, 1, 0), // 3 bytes, 1 back
    Uint8Array.of(3 << 2 | 3, 12, 0, 0, 0), // 4 bytes, 12 back
    Uint8Array.of(60 << 2, 69),
    text(long),
  );
  assertEquals(
    decompressSnappy(stream, "x"),
    text("abcd" + "abcda" + "aaa" + "abcd" + long),
  );
});

Deno.test.each([
  [
    "declares 1 GB",
    concat(varint(2 ** 30), Uint8Array.of(0, 65)),
    "a block of 7 bytes must decompress to at most 154: it claims 1073741824",
  ],
  [
    "is empty",
    [],
    "an integer must end where its message ends: it is cut off",
  ],
  [
    "declares more than it holds",
    [3, 0, 65],
    "a compressed block must hold the 3 bytes that it claims: it holds 1",
  ],
  [
    "holds more than it declares",
    [1, 1 << 2, 65, 66],
    "each element of a compressed block must lie within it: the one at 1 does not",
  ],
  [
    "cuts off a literal",
    [5, 4 << 2, 65],
    "each element of a compressed block must lie within it: the one at 1 does not",
  ],
  [
    "has a literal that goes backward",
    [5, 63 << 2, 0xfa, 0xff, 0xff, 0xff, 65, 66, 67],
    "each element of a compressed block must lie within it: the one at 1 does not",
  ],
  [
    "copies from before the start",
    [5, 0, 65, 0b000_000_01, 2],
    "each element of a compressed block must lie within it: the one at 3 does not",
  ],
  [
    "copies from nowhere",
    [5, 0, 65, 0b000_000_01, 0],
    "each element of a compressed block must lie within it: the one at 3 does not",
  ],
  [
    "copies from ahead",
    [5, 0, 65, 3 << 2 | 3, 0xff, 0xff, 0xff, 0xff],
    "each element of a compressed block must lie within it: the one at 3 does not",
  ],
  [
    "cuts off a distance",
    [5, 0, 65, 3 << 2 | 2, 1],
    "each element of a compressed block must lie within it: the one at 3 does not",
  ],
  [
    "spends a byte on the size of a literal at the end",
    [1, 60 << 2, 0, 65],
    "a compressed block must be Snappy: it is not",
  ],
])("decompressSnappy() throws if a stream %s", (_name, bytes, message) => {
  const stream = Uint8Array.from(bytes);
  assertThrows(
    () => decompressSnappy(stream, "x"),
    FormatError,
    `Cannot read "x" as a TensorFlow checkpoint as ${message}`,
  );
});
