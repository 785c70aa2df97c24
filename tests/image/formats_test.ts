import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { assertRejects, assertThrows } from "@std/assert";
import { concat } from "@std/bytes/concat";
import { sha256 } from "../../pipeline/artifact/digest.ts";
import { ImageError } from "../../pipeline/errors.ts";
import type { Transparency } from "../../pipeline/image/alpha.ts";
import { decodeImage } from "../../pipeline/image/decode.ts";
import { readImageHeader } from "../../pipeline/image/header.ts";
import { applyOrientation } from "../../pipeline/image/orientation.ts";
import project from "../../deno.json" with { type: "json" };
import { decodePixels } from "../support/decode_pixels.ts";
import { readFixture } from "../support/fixtures.ts";
import { integers } from "../support/random.ts";

/** What Pillow makes of a file: size, SHA-256 of RGB, and of RGB on white. */
interface Expected {
  size: [width: number, height: number];
  rgb: string;
  white?: string;
}

const PIXELS: Record<string, Expected> = JSON.parse(
  new TextDecoder().decode(await readFixture("formats/pixels.json")),
);

/** Files whose format the standard does not define to the bit: by how many levels the largest may differ. */
const NEAR: Record<string, number> = {
  "alpha.avif": 1,
  "alpha.heic": 2,
  // Against libheif, which makes colour of half resolution whole in another way.
  "av1.heif": 7,
  "deep.avif": 1,
  "full-colour.heic": 4,
  "photo.avif": 1,
  "photo.heic": 2,
  "turned.avif": 1,
  "jpeg.tiff": 1,
};

/** Files that are refused, and why. */
const REFUSED: Record<string, string> = {
  "planes.tiff":
    "its colours are in separate planes; convert it to a TIFF with one plane",
};

/** Files that Pillow turns upright though nobody asks. */
const TURNED_BY_PILLOW = ["turned.tiff"];

/** Decodes a file of the fixtures, turned upright where Pillow does. */
async function decode(name: string, transparency?: Transparency) {
  const bytes = await readFixture(`formats/${name}`);
  return await decodeImage(bytes, (image, { orientation }) => {
    const copy = { ...image, data: image.data.slice() };
    const isTurned = TURNED_BY_PILLOW.includes(name);
    return isTurned ? applyOrientation(copy, orientation) : copy;
  }, { transparency });
}

const EXACT = Object.keys(PIXELS)
  .filter((name) => !(name in NEAR) && !(name in REFUSED));

/** GIFs and PNGs whose colour below alpha is not kept by imagescript. */
const COLOUR_LOST = ["gray-transparent.png"];

Deno.test.each(EXACT.filter((name) => !COLOUR_LOST.includes(name)))(
  "decodeImage() gives Pillow's pixels of %s to the bit",
  async (name) => {
    const { width, height, data } = await decode(name);
    const { size, rgb } = PIXELS[name]!;
    assertEquals([[width, height], await sha256(data)], [size, rgb]);
  },
);

Deno.test.each(EXACT.filter((name) => PIXELS[name]!.white))(
  "decodeImage() lays %s on white as Pillow does",
  async (name) => {
    const { data } = await decode(name, "white");
    assertEquals(await sha256(data), PIXELS[name]!.white);
  },
);

Deno.test.each(Object.entries(NEAR))(
  "decodeImage() of %s is within %s levels of the reference decoder",
  async (name, limit) => {
    const reference = await decodePixels(
      await readFixture(`formats/${name}.png`),
    );
    const { width, height, data } = await decode(name);
    assertEquals([width, height], [reference.width, reference.height]);
    const far = data.map((v, i) => Math.abs(v - reference.data[i]!));
    const largest = far.reduce((max, v) => Math.max(max, v), 0);
    assertLessOrEqual(largest, limit);
  },
);

Deno.test.each(Object.entries(REFUSED))(
  "decodeImage() refuses %s: %s",
  async (name, reason) => {
    const error = await assertRejects(() => decode(name), ImageError);
    assertEquals(error.message, reason);
  },
);

Deno.test.each([
  ["turned.webp", 6],
  ["turned.png", 6],
  ["turned.tiff", 6],
  ["turned.avif", 8],
  ["photo.avif", 1],
  ["photo.heic", 1],
])("readImageHeader() reads the turn of %s: %s", async (name, orientation) => {
  const header = readImageHeader(await readFixture(`formats/${name}`));
  assertEquals(header, { ...header, orientation, width: 64, height: 48 });
});

Deno.test.each(Object.keys(PIXELS).filter((n) => !/\.(png|gif)$/.test(n)))(
  "decodeImage() decodes or refuses damaged copies of %s",
  async (name) => {
    const whole = await readFixture(`formats/${name}`);
    const random = integers(3);
    for (let round = 0; round < 4; round++) {
      const reach = round % 2 === 0 ? whole.length : 128;
      const length = round % 5 === 0 ? random(whole.length) : whole.length;
      const bytes = whole.slice(0, length);
      for (let i = 0; i <= random(4) && length > 0; i++) {
        bytes[random(Math.min(reach, length))] = random(256);
      }
      try {
        const { width, height, data } = await decodePixels(bytes);
        assertEquals(data.length, width * height * 3);
      } catch (error) {
        assert(error instanceof ImageError, `round ${round}: ${error}`);
      }
    }
    // After all this the decoder still works.
    if (!(name in REFUSED)) await decode(name);
  },
);

/** Writes a box of a HEIF file. */
function box(kind: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + data.length);
  new DataView(bytes.buffer).setUint32(0, bytes.length);
  bytes.set(new TextEncoder().encode(kind), 4);
  bytes.set(data, 8);
  return bytes;
}

Deno.test.each([
  [
    "a grid of thousands of tiles",
    box("iloc", new Uint8Array(32_769)),
    "its list iloc may have 32768 bytes: it has 32769",
  ],
  [
    "thousands of boxes",
    concat(Array(20_001).fill(box("free", new Uint8Array(0)))),
    "it has more than 20000 boxes",
  ],
])("readImageHeader() refuses a HEIF of %s", async (_, inside, reason) => {
  const whole = await readFixture("formats/photo.avif");
  const start = new DataView(whole.buffer).getUint32(0);
  const meta = box("meta", concat([new Uint8Array(4), inside]));
  const bytes = concat([whole.subarray(0, start), meta, whole.subarray(start)]);
  assertThrows(
    () => readImageHeader(bytes),
    ImageError,
    reason,
  );
});

Deno.test("the packages that CODEC stands for are those of its comment", () => {
  const { imports } = project;
  assertEquals(
    [
      imports["@jsquash/webp"],
      imports["@jsquash/avif"],
      imports["libheif-js"],
      imports["@cwasm/nsbmp"],
      imports["utif2"],
    ],
    [
      "npm:@jsquash/webp@1.5.0",
      "npm:@jsquash/avif@2.1.1",
      "npm:libheif-js@1.23.2",
      "npm:@cwasm/nsbmp@0.1.3",
      "npm:utif2@4.1.0",
    ],
  );
});
