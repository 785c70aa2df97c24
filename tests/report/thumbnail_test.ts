import { assertEquals } from "@std/assert";
import { encodeThumbnail } from "../../pipeline/report/thumbnail.ts";
import { decodePixels } from "../support/decode_pixels.ts";

Deno.test.each([
  [224, 112],
  [113, 112],
  [96, 96],
  [32, 32],
])("encodeThumbnail() makes %s pixels %s", async (size, side) => {
  const pixels = new Uint8Array(size * size * 3).fill(128);
  const { width, height, data } = await decodePixels(
    await encodeThumbnail(pixels, size),
  );
  assertEquals([width, height, new Set(data)], [side, side, new Set([128])]);
});
