import { assertEquals } from "@std/assert";
import { crc32c, maskCrc32c } from "../../pipeline/artifact/crc32c.ts";
import { text } from "../weights/formats/sstable_support.ts";

/** Computes a CRC-32C bit by bit. */
function crc32cSlowly(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i++) {
      crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
  }
  return ~crc >>> 0;
}

// RFC 3720, appendix B.4, and the check value of catalogues of checksums.
Deno.test.each([
  ["nothing", new Uint8Array(), 0],
  ["32 zeros", new Uint8Array(32), 0x8a9136aa],
  ["32 ones", new Uint8Array(32).fill(0xff), 0x62a8ab43],
  ["0 to 31", Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  ["31 to 0", Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
  ["123456789", text("123456789"), 0xe3069283],
])("crc32c() of %s", (_name, bytes, expected) => {
  assertEquals(crc32c(bytes), expected);
});

Deno.test("crc32c() equals one computed bit by bit at every length and alignment", () => {
  const bytes = Uint8Array.from({ length: 70 }, (_, i) => (i * 167 + 13) & 255);
  for (let start = 0; start < 5; start++) {
    for (let end = start; end <= bytes.length; end++) {
      const part = bytes.subarray(start, end);
      assertEquals(crc32c(part), crc32cSlowly(part), `${start} to ${end}`);
    }
  }
});

Deno.test.each([
  [0, 0xa282ead8],
  [0xffffffff, 0xa282ead7],
  [1, 0xa284ead8],
  [0x8000, 0xa282ead9],
])("maskCrc32c() rotates %s and adds a constant", (crc, expected) => {
  assertEquals(maskCrc32c(crc), expected);
});
