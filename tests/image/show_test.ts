import { assertAlmostEquals, assertEquals } from "@std/assert";
import { showImage, toShown } from "../../pipeline/image/show.ts";
import type { Geometry } from "../../pipeline/image/preprocessing.ts";
import { decodePixels } from "../support/decode_pixels.ts";
import { readFixture } from "../support/fixtures.ts";

const STRETCH: Geometry = {
  imageSize: 32,
  resize: "stretch",
  shortSide: 32,
  interpolation: "nearest",
  orientation: "apply",
};

/** An image whose first pixel is white. */
function image(width: number, height: number) {
  const data = new Uint8Array(width * height * 3);
  data.fill(255, 0, 3);
  return { width, height, data };
}

Deno.test("toShown() keeps a small photo, all of which a stretch sees", () => {
  const shown = toShown(image(40, 20), STRETCH, 1);
  assertEquals(shown, {
    ...image(40, 20),
    seen: { left: 0, top: 0, width: 40, height: 20 },
  });
});

Deno.test("toShown() turns a photo upright", () => {
  const { width, height, data } = toShown(image(40, 20), STRETCH, 6);
  assertEquals([width, height], [20, 40]);
  assertEquals([...data.subarray(19 * 3, 20 * 3)], [255, 255, 255]);
});

Deno.test("toShown() makes a large photo at most 1024 pixels long", () => {
  const { width, height, data } = toShown(image(2000, 3), STRETCH, 1);
  assertEquals([width, height, data.length], [1024, 2, 1024 * 2 * 3]);
});

Deno.test("toShown() says which part a crop sees", () => {
  // 512x256 after the resize; the square of 224 is cut out of its centre.
  const geometry: Geometry = {
    ...STRETCH,
    ...{ imageSize: 224, resize: "crop", shortSide: 256, crop: "torchvision" },
  };
  const { seen } = toShown(image(128, 64), geometry, 1);
  assertEquals([seen.left, seen.top], [36, 4]);
  assertAlmostEquals(seen.width, 56);
  assertAlmostEquals(seen.height, 56);
});

Deno.test("showImage() keeps the pixels of a small photo", async () => {
  const bytes = await readFixture("jpegs/420.jpg");
  const { data } = await showImage(bytes, STRETCH);
  assertEquals(data, (await decodePixels(bytes)).data);
});
