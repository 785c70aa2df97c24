import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { assertRejects, assertStringIncludes } from "@std/assert";
import { decodePixels } from "../support/decode_pixels.ts";
import { decodeImage } from "../../pipeline/image/decode.ts";
import { readImageHeader } from "../../pipeline/image/header.ts";
import { applyOrientation } from "../../pipeline/image/orientation.ts";
import { ImageError } from "../../pipeline/errors.ts";
import {
  HAS_SHARED,
  readFixture,
  readGolden,
  readReference,
  readShared,
} from "../support/fixtures.ts";
import { integers } from "../support/random.ts";

/** The largest difference between two arrays of the same length. */
function largestDifference(a: Uint8Array, b: Uint8Array): number {
  assertEquals(a.length, b.length);
  return a.reduce((max, v, i) => Math.max(max, Math.abs(v - b[i]!)), 0);
}

Deno.test({
  name: "decodeImage() gives Pillow's pixels for every kind of image",
  ignore: !HAS_SHARED,
  async fn() {
    const { tensors } = await readReference("images/ok.safetensors");
    for (const [key, expected] of tensors) {
      const [name, turned] = key.split("#") as [string, string | undefined];
      const bytes = await readShared(`reference/images/ok/${name}`);
      const decoded = await decodePixels(bytes);
      const { orientation } = readImageHeader(bytes);
      const image = turned ? applyOrientation(decoded, orientation) : decoded;
      assertEquals([image.height, image.width, 3], expected.shape, key);
      const limit = name === "cmyk.jpg" ? 2 : 0;
      assertLessOrEqual(
        largestDifference(image.data, expected.data),
        limit,
        key,
      );
    }
  },
});

Deno.test.each([
  "jpegs/420.jpg",
  "jpegs/gray.jpg",
  "jpegs/cmyk.jpg",
  "formats/rgba.png",
  "formats/lossy.webp",
  "formats/photo.avif",
])("decodeImage() frees the pixels of %s after their use", async (path) => {
  const image = await decodeImage(await readFixture(path), (image) => image);
  assertEquals(image.data.length, 0);
});

/** Why each broken image is refused. */
const BROKEN: Record<string, string> = {
  "empty.jpg": "the file is empty",
  "text.jpg": "it is not an image",
  "html.png": "it is not an image but a web page",
  "truncated-header.jpg": "the file ends inside the header",
  "truncated-half.jpg": "its JPEG data is damaged or cut off",
  "truncated-half.png": "its PNG data is damaged or cut off",
  "crc-broken.png": "its PNG data is damaged or cut off",
  "bomb-60000x60000.png": "it claims 60000x60000 pixels, more than the limit",
  "zero-size.png": "it has no pixels: its size is 0x",
  "wrong-length.png": "its PNG data is damaged or cut off",
  "bomb-65500x65500.jpg": "it claims 65500x65500 pixels, more than the limit",
  "zip.jpg": "it is not an image but a ZIP archive",
  "random.png": "it is not an image",
  "signature-only.png": "the file ends inside the header",
  "soi-eoi.jpg": "the file ends inside the header",
};

Deno.test({
  name: "decodeImage() refuses every broken image with its reason",
  ignore: !HAS_SHARED,
  async fn() {
    for (const [name, reason] of Object.entries(BROKEN)) {
      const bytes = await readShared(`reference/images/bad/${name}`);
      const error = await assertRejects(() => decodePixels(bytes), ImageError);
      assertStringIncludes(error.message, reason, name);
    }
  },
});

/** A photo and a picture without loss, small enough to be mutated often. */
const SAMPLES = ["bad_images/whole.jpg", "bad_images/whole.png"];

Deno.test.each(SAMPLES)(
  "decodeImage() decodes or refuses mutations of %s",
  async (path) => {
    const whole = await readFixture(path);
    const random = integers(1);
    let decoded = 0;
    let refused = 0;
    for (let round = 0; round < 300; round++) {
      // Half of the mutations strike the header, where the claims are.
      const reach = round % 2 === 0 ? whole.length : 64;
      const length = round % 5 === 0 ? random(whole.length) : whole.length;
      const bytes = whole.slice(0, length);
      for (let i = 0; i <= random(4) && length > 0; i++) {
        bytes[random(Math.min(reach, length))] = random(256);
      }
      try {
        const { width, height, data } = await decodePixels(bytes);
        assertEquals(data.length, width * height * 3);
        decoded++;
      } catch (error) {
        assert(error instanceof ImageError, `round ${round}: ${error}`);
        refused++;
      }
    }
    assertEquals(decoded + refused, 300);
    // After all this the decoder still works.
    await decodePixels(whole);
  },
);

Deno.test("applyOrientation() equals Pillow's exif_transpose", async () => {
  const { tensors } = await readGolden("resize.safetensors");
  const { shape, data } = tensors.get("input")!;
  const input = { width: shape[1]!, height: shape[0]!, data };
  for (let orientation = 1; orientation <= 8; orientation++) {
    const upright = applyOrientation(input, orientation);
    const expected = tensors.get(`orientation/${orientation}`)!;
    assertEquals([upright.height, upright.width, 3], expected.shape);
    assertEquals(upright.data, expected.data);
  }
});
