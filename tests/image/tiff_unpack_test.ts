import { assertEquals, assertThrows } from "@std/assert";
import { zlibSync } from "fflate";
import { ImageError } from "../../pipeline/errors.ts";
import { unpackDeflate, unpackLzw } from "../../pipeline/image/tiff_unpack.ts";

/** Writes codes of 9 bits. */
function codes(...all: readonly number[]): Uint8Array {
  const bits = all.map((code) => code.toString(2).padStart(9, "0")).join("");
  const padded = bits.padEnd(Math.ceil(bits.length / 8) * 8, "0");
  return Uint8Array.from(
    padded.match(/.{8}/g) ?? [],
    (byte) => parseInt(byte, 2),
  );
}

Deno.test.each<[string, number[], number[]]>([
  // The example of TIFF 6.0, section 13.
  [
    "the example of the standard",
    [256, 7, 258, 8, 8, 258, 6, 6, 257],
    [7, 7, 7, 8, 8, 7, 7, 6, 6],
  ],
  ["a code that is being made", [256, 65, 258, 259, 257], [
    65,
    65,
    65,
    65,
    65,
    65,
  ]],
  ["no code for the end", [256, 1, 2], [1, 2]],
  ["no code for the start", [1, 2, 257, 3], [1, 2]],
])("unpackLzw() unpacks %s", (_, packed, expected) => {
  assertEquals([...unpackLzw(codes(...packed), 100)], expected);
});

Deno.test("unpackLzw() refuses a code that stands for nothing", () => {
  assertThrows(
    () => unpackLzw(codes(256, 1, 300, 257), 100),
    ImageError,
    "a code of its LZW data is wrong",
  );
});

Deno.test("unpackLzw() and unpackDeflate() refuse more than there may be", () => {
  const message = "unpacks to more than the 3 bytes of its pixels";
  const packed = codes(256, 1, 2, 3, 4, 257);
  assertThrows(() => unpackLzw(packed, 3), ImageError, message);
  const bytes = zlibSync(new Uint8Array(4));
  assertThrows(() => unpackDeflate(bytes, 3), ImageError, message);
  assertEquals(unpackDeflate(bytes, 4), new Uint8Array(4));
});
