import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../../../pipeline/errors.ts";
import { decompressSnappy } from "../../../pipeline/weights/formats/sstable_snappy.ts";
import { readFixture } from "../../support/fixtures.ts";
import { concat, text, varint } from "./sstable_support.ts";

/** Makes the bytes of `fixtures/golden/make_snappy.py`. */
function plain(size: number): Uint8Array {
  let seed = 1;
  return Uint8Array.from({ length: size }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.max(0, (seed >>> 24) - 248);
  });
}

Deno.test("decompressSnappy() undoes the library of Google at every size", async () => {
  const json = await readFixture("golden/snappy.json");
  const rows: { size: number; packed: string }[] = JSON.parse(
    new TextDecoder().decode(json),
  );
  assertEquals(rows.length, 10);
  for (const { size, packed } of rows) {
    const bytes = decompressSnappy(Uint8Array.fromBase64(packed), "x");
    assertEquals(bytes, plain(size), `${size}`);
  }
});

Deno.test("decompressSnappy() reads every kind of element", () => {
  const long = "0123456789".repeat(7);
  const stream = concat(
    varint(4 + 5 + 3 + 4 + 70 + 1),
    Uint8Array.of(3 << 2),
    text("abcd"),
    Uint8Array.of(1 << 2 | 1, 4), // 5 bytes, 4 back
    Uint8Array.of(2 << 2 | 2, 1, 0), // 3 bytes, 1 back
    Uint8Array.of(3 << 2 | 3, 12, 0, 0, 0), // 4 bytes, 12 back
    Uint8Array.of(60 << 2, 69),
    text(long),
    Uint8Array.of(60 << 2, 0), // A byte more than its size needs
    text("z"),
  );
  assertEquals(
    decompressSnappy(stream, "x"),
    text("abcd" + "abcda" + "aaa" + "abcd" + long + "z"),
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
])("decompressSnappy() throws if a stream %s", (_name, bytes, message) => {
  const stream = Uint8Array.from(bytes);
  assertThrows(
    () => decompressSnappy(stream, "x"),
    FormatError,
    `Cannot read "x" as a TensorFlow checkpoint as ${message}`,
  );
});
