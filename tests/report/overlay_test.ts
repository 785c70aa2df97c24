import { assertEquals } from "@std/assert";
import { inferno } from "../../pipeline/report/colour_map.ts";
import { drawOverlay } from "../../pipeline/report/overlay.ts";
import { decodePixels } from "../support/decode_pixels.ts";

/** A grey photo of 8×8 pixels. */
const PHOTO = new Uint8Array(8 * 8 * 3).fill(100);

Deno.test("drawOverlay() shows the photo where nothing speaks for the class", async () => {
  const map = { values: Float32Array.of(-1, 0, 0, 0), width: 2, height: 2 };
  const { width, height, data } = await decodePixels(
    await drawOverlay(PHOTO, 8, map),
  );
  assertEquals([width, height], [8, 8]);
  assertEquals(data, PHOTO);
});

Deno.test("drawOverlay() covers four fifths of the photo at the strongest place", async () => {
  const map = { values: Float32Array.of(3, 0, 0, 0), width: 2, height: 2 };
  const { data } = await decodePixels(await drawOverlay(PHOTO, 8, map));
  const strongest = inferno(1).map((c) => Math.round(100 + (c - 100) * 0.8));
  assertEquals([...data.subarray(0, 3)], strongest);
  assertEquals([...data.subarray(-3)], [100, 100, 100]);
});
