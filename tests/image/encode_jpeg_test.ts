import { assert, assertEquals } from "@std/assert";
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
  await encodeJpeg(ramp(8, 8), 30);
  assertEquals(await encodeJpeg(ramp(32, 32), 75), first);
});
