import { assert, assertEquals } from "@std/assert";
import { encodeHex } from "@std/encoding/hex";
import { decodeImage } from "../../pipeline/image/decode.ts";
import { encodeMosaicJpeg, encodeMosaicPng } from "./mosaic_image.ts";
import { makePhoto } from "./make_photos.ts";

Deno.test("makePhoto() makes photos that differ, the same at each run", () => {
  const photos = Array.from({ length: 500 }, (_, i) => makePhoto(i));
  assertEquals(new Set(photos.map(({ path }) => path)).size, 500);
  assertEquals(new Set(photos.map(({ bytes }) => encodeHex(bytes))).size, 500);
  assertEquals(makePhoto(17), photos[17]);
});

/** Decodes an image, and copies its pixels. */
function decode(bytes: Uint8Array) {
  return decodeImage(bytes, ({ width, height, data }) => (
    { width, height, data: data.slice() }
  ));
}

/** Two tiles: one dark, one light. */
const TILES = Uint8Array.of(20, 40, 60, 200, 180, 160);

Deno.test("encodeMosaicPng() gives an image with the colours of the tiles", async () => {
  const mosaic = { columns: 2, rows: 1, tiles: TILES };
  const { width, height, data } = await decode(encodeMosaicPng(mosaic));
  assertEquals([width, height], [16, 8]);
  assertEquals(data.subarray(0, 3), TILES.subarray(0, 3));
  assertEquals(data.subarray(8 * 3, 9 * 3), TILES.subarray(3));
});

Deno.test("encodeMosaicJpeg() gives an image with the light of the tiles", async () => {
  const tiles = Uint8Array.of(50, 128, 128, 200, 128, 128);
  const mosaic = { columns: 2, rows: 1, tiles };
  const { width, height, data } = await decode(encodeMosaicJpeg(mosaic));
  assertEquals([width, height], [16, 8]);
  for (const [x, level] of [[0, 50], [7, 50], [8, 200], [15, 200]]) {
    const pixel = data.subarray(x! * 3, x! * 3 + 3);
    assert(pixel.every((value) => Math.abs(value - level!) <= 1));
  }
});
