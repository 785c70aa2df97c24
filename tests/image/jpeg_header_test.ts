import { assertRejects, assertThrows } from "@std/assert";
import { ImageError } from "../../pipeline/errors.ts";
import { limitScans } from "../../pipeline/image/jpeg_header.ts";
import { decodePixels } from "../support/decode_pixels.ts";
import { readFixture } from "../support/fixtures.ts";

/** A message. */
const TOO_MANY = "it has more than 100 scans, which would take too long";

/** The start of a JPEG. */
const SOI = Uint8Array.of(0xff, 0xd8);

/** A scan of one component, with pixels: a stuffed FF and a restart among them. */
const SCAN = Uint8Array.fromHex("ffda000801010000010fff0042ffd017");

/** Puts bytes in a row. */
function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.fromHex(parts.map((part) => part.toHex()).join(""));
}

/** Some bytes many times. */
function repeat(bytes: Uint8Array, count: number): Uint8Array {
  return concat(Array<Uint8Array>(count).fill(bytes));
}

/** An APP2 segment. */
function app2(content: Uint8Array): Uint8Array {
  const length = content.length + 2;
  return concat([
    Uint8Array.of(0xff, 0xe2, length >> 8, length & 255),
    content,
  ]);
}

Deno.test("limitScans() counts scans, up to the end of the image", () => {
  const end = Uint8Array.of(0xff, 0xff, 0xd9);
  limitScans(concat([SOI, repeat(SCAN, 100), end, repeat(SCAN, 9)]));
  for (const rest of [end, SCAN.subarray(0, 3)]) {
    const bytes = concat([SOI, repeat(SCAN, 101), rest]);
    assertThrows(() => limitScans(bytes), ImageError, TOO_MANY);
  }
});

Deno.test("limitScans() counts no scan inside of a segment", () => {
  limitScans(concat([SOI, app2(repeat(SCAN, 500)), SCAN]));
});

Deno.test("limitScans() ends where the file is cut off", () => {
  for (const cut of ["ff", "ffe1", "ffe1ff", "ffe1ffff00", "00"]) {
    limitScans(concat([SOI, SCAN, Uint8Array.fromHex(cut)]));
  }
});

Deno.test("decodeImage() refuses a JPEG of 5,000 scans before it decodes any", async () => {
  const whole = await readFixture("jpegs/progressive.jpg");
  const last = whole.findLastIndex((byte, i) =>
    byte === 0xff && whole[i + 1] === 0xda
  );
  const scans = repeat(whole.subarray(last, -2), 5000);
  const bytes = concat([whole.subarray(0, -2), scans, whole.subarray(-2)]);
  await decodePixels(whole);
  await assertRejects(() => decodePixels(bytes), ImageError, TOO_MANY);
});
