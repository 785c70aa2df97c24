import { assertThrows } from "@std/assert";
import { ImageError } from "../../pipeline/errors.ts";
import { readTiffPage } from "../../pipeline/image/tiff_page.ts";

/** Encodes a TIFF of one value for each tag, and no pixels. */
function encodeTiff(tags: Readonly<Record<number, number>>): Uint8Array {
  const entries = Object.entries(tags);
  const bytes = new Uint8Array(14 + 12 * entries.length);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode("II*"));
  view.setUint32(4, 8, true);
  view.setUint16(8, entries.length, true);
  entries.forEach(([tag, value], i) => {
    const at = 10 + 12 * i;
    view.setUint16(at, Number(tag), true);
    // LONG, one of them.
    view.setUint16(at + 2, 4, true);
    view.setUint32(at + 4, 1, true);
    view.setUint32(at + 8, value, true);
  });
  return bytes;
}

Deno.test("readTiffPage() refuses a tile of gigabytes for an image of a pixel", () => {
  const pixel = { 256: 1, 257: 1, 258: 16, 259: 8, 262: 1, 277: 1000 };
  const tile = { 322: 4096, 323: 4096, 324: 8, 325: 8 };
  assertThrows(
    () => readTiffPage(encodeTiff({ ...pixel, ...tile })),
    ImageError,
    "its tiles take more bytes than the limit of 2147483648",
  );
});
