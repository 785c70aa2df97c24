import { assert, assertEquals, assertRejects } from "@std/assert";
import { integers } from "../support/random.ts";
import { encodeJpeg } from "../../pipeline/image/encode_jpeg.ts";
import { decodePixels } from "../support/decode_pixels.ts";

/** A picture whose levels rise from left to right. */
function ramp(width: number, height: number) {
  const data = Uint8Array.from(
    { length: width * height * 3 },
    (_, i) => Math.floor(i / 3) % width * 4,
  );
  return { width, height, data };
}

Deno.test("encodeJpeg() keeps size and pixels, about", async () => {
  const image = ramp(48, 17);
  const decoded = await decodePixels(await encodeJpeg(image, 90));
  assertEquals([decoded.width, decoded.height], [48, 17]);
  for (const [i, level] of image.data.entries()) {
    const distance = Math.abs(decoded.data[i]! - level);
    assert(distance <= 8, `${distance} at ${i}`);
  }
});

Deno.test("encodeJpeg() makes the same bytes when it is called again", async () => {
  const first = await encodeJpeg(ramp(32, 32), 75);
  await encodeJpeg(ramp(40, 40), 30);
  assertEquals(await encodeJpeg(ramp(32, 32), 75), first);
});

/** A picture of nothing but noise. */
function noise(side: number) {
  const draw = integers(side);
  const data = Uint8Array.from({ length: side * side * 3 }, () => draw(256));
  return { width: side, height: side, data };
}

Deno.test("encodeJpeg() encodes noise of 32 pixels, the least that there is", async () => {
  const { width } = await decodePixels(await encodeJpeg(noise(32), 75));
  assertEquals(width, 32);
});

Deno.test("encodeJpeg() throws when the file would be larger than the pixels, and goes on", async () => {
  for (let side = 1; side <= 12; side++) {
    await assertRejects(
      () => encodeJpeg(noise(side), 75),
      RangeError,
      "Cannot encode a picture as a JPEG as its file must not be larger than its pixels: ",
    );
  }
  const { width } = await decodePixels(await encodeJpeg(noise(240), 100));
  assertEquals(width, 240);
});

Deno.test("encodeJpeg() throws when a picture is large", async () => {
  await assertRejects(
    () => encodeJpeg(ramp(241, 8), 75),
    RangeError,
    "Cannot encode a picture as a JPEG as its sides must be at most 240 pixels: they are 241 and 8",
  );
});
