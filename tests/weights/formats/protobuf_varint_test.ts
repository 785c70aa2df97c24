import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../../../pipeline/errors.ts";
import {
  decodeVarint,
  toSigned,
  toUnsigned,
} from "../../../pipeline/weights/formats/protobuf_varint.ts";
import { concat, varint } from "./sstable_support.ts";

Deno.test("decodeVarint() gives both halves of every power of two, and its neighbours", () => {
  for (let bit = 0n; bit < 64n; bit++) {
    for (const near of [-1n, 0n, 1n]) {
      const value = BigInt.asUintN(64, (1n << bit) + near);
      const bytes = concat(
        Uint8Array.of(0xff),
        varint(value),
        Uint8Array.of(7),
      );
      assertEquals(decodeVarint(bytes, 1, "x"), {
        low: Number(value & 0xffffffffn),
        high: Number(value >> 32n),
        end: bytes.length - 1,
      });
    }
  }
});

Deno.test("toSigned() and toUnsigned() read the upper bit", () => {
  const value = decodeVarint(varint(-3), 0, "x");
  assertEquals(toSigned(value), -3);
  assertEquals(toUnsigned(value), 2 ** 64);
  assertEquals(toSigned(decodeVarint(varint(2 ** 40), 0, "x")), 2 ** 40);
});

Deno.test.each([
  [
    "is cut off",
    [0x80, 0x80],
    "an integer must end where its message ends: it is cut off",
  ],
  [
    "is not there",
    [],
    "an integer must end where its message ends: it is cut off",
  ],
  [
    "has eleven bytes",
    [...Array(10).fill(0x80), 1],
    "an integer must have at most 64 bits: it has more",
  ],
  [
    "has 65 bits",
    [...Array(9).fill(0xff), 2],
    "an integer must have at most 64 bits: it has more",
  ],
])("decodeVarint() throws if an integer %s", (_name, bytes, message) => {
  assertThrows(
    () => decodeVarint(Uint8Array.from(bytes), 0, "x.index"),
    FormatError,
    `Cannot read "x.index" as a TensorFlow checkpoint as ${message}`,
  );
});
