/**
 * libjpeg-turbo of the system beside the one in WebAssembly.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import { ImageError } from "../../pipeline/errors.ts";
import { decodeImage } from "../../pipeline/image/decode.ts";
import { decodeTurbo } from "../../pipeline/image/jpeg_turbo.ts";
import { openNativeJpeg } from "../../pipeline/image/native_jpeg.ts";
import { HAS_SHARED, readFixture, readShared } from "../support/fixtures.ts";
import { integers } from "../support/random.ts";

const native = await openNativeJpeg();

/** Digests of Pillow's pixels, by the path of the JPEG. */
const GOLDEN: Record<string, string> = JSON.parse(
  new TextDecoder().decode(await readFixture("golden/decoded.json")),
);

/** Reads a JPEG that Pillow's pixels are known of. */
function readPhoto(path: string): Promise<Uint8Array> {
  return path.startsWith("flowers/")
    ? readShared(`data/${path}`)
    : readFixture(path);
}

Deno.test({
  name: "openNativeJpeg() gives Pillow's pixels, or leaves a JPEG to others",
  ignore: native === undefined,
  async fn() {
    const left: string[] = [];
    for (const [path, digest] of Object.entries(GOLDEN)) {
      if (path.startsWith("flowers/") && !HAS_SHARED) continue;
      const bytes = await readPhoto(path);
      const done = await native!(bytes, ({ data }) => data.slice());
      if (done) assertEquals(await sha256(done.used), digest, path);
      else left.push(path);
    }
    assertEquals(left, ["jpegs/410.jpg", "jpegs/cmyk.jpg"]);
  },
});

Deno.test({
  name: "openNativeJpeg() leaves a JPEG of too many pixels to others",
  ignore: native === undefined,
  async fn() {
    const bytes = await readFixture("jpegs/420.jpg");
    // Behind the marker of the frame: length, precision, height and width.
    const frame = bytes.findIndex((byte, i) =>
      byte === 0xff && bytes[i + 1] === 0xc0
    );
    bytes.fill(0xff, frame + 5, frame + 9);
    assertEquals(await native!(bytes, () => "pixels"), undefined);
  },
});

/** Decodes; returns the digest of the pixels, or why the image is refused. */
async function outcome(
  bytes: Uint8Array,
  decoder?: typeof native,
): Promise<string> {
  try {
    const pixels = await decodeImage(bytes, ({ data }) => data.slice(), {
      native: decoder,
    });
    return await sha256(pixels);
  } catch (error) {
    if (error instanceof ImageError) return error.message;
    throw error;
  }
}

Deno.test({
  name: "decodeImage() takes and refuses the same damaged JPEGs natively",
  ignore: native === undefined,
  async fn() {
    const random = integers(11);
    const paths = Object.keys(GOLDEN).filter((path) =>
      path.startsWith("jpegs/")
    );
    for (const path of paths) {
      const whole = await readPhoto(path);
      for (let round = 0; round < 12; round++) {
        const cut = round % 4 === 0 ? random(whole.length) : whole.length;
        const bytes = whole.slice(0, cut);
        for (let i = 0; i <= random(3) && cut > 0; i++) {
          bytes[random(round % 2 === 0 ? cut : Math.min(cut, 300))] = random(
            256,
          );
        }
        const expected = await outcome(bytes.slice());
        assertEquals(await outcome(bytes, native), expected, path);
      }
    }
  },
});

Deno.test("decodeImage() decodes in WebAssembly what the native decoder leaves", async () => {
  const bytes = await readFixture("images/train/brick/brick_00.jpg");
  const seen: number[] = [];
  const pixels = await decodeImage(bytes, ({ data }) => data.slice(), {
    native(given) {
      seen.push(given.length);
      return Promise.resolve(undefined);
    },
  });
  const wanted = await decodeTurbo(bytes, ({ data }) => data.slice());
  assertEquals([pixels, seen], [wanted!.used, [bytes.length]]);
});
