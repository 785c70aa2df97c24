import { assertEquals } from "@std/assert";
import { freeBytes } from "../../pipeline/artifact/free_bytes.ts";
import { decodeTurbo } from "../../pipeline/image/jpeg_turbo.ts";
import { readFixture } from "../support/fixtures.ts";

/** Decodes a JPEG of the fixtures, and keeps the pixels as they are given. */
async function keepPixels(name: string): Promise<Uint8Array> {
  const bytes = await readFixture(`jpegs/${name}.jpg`);
  return (await decodeTurbo(bytes, ({ data }) => data))!.used;
}

Deno.test.each(["444", "gray"])(
  "decodeTurbo() gives pixels of %s.jpg that outlive it, and may be freed",
  async (name) => {
    const pixels = await keepPixels(name);
    const before = pixels.slice();
    freeBytes(await keepPixels("420"));
    assertEquals(pixels, before);
    assertEquals(await keepPixels(name), before);
  },
);
