import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  drawHeatmaps,
  drawOverlay,
  enlargeMap,
  HEATMAP_SIDE,
  inferno,
} from "../../pipeline/report/heatmap.ts";
import { decodePixels } from "../support/decode_pixels.ts";

/** A map of two places side by side. */
function pair(left: number, right: number) {
  return { values: Float32Array.of(left, right), height: 1, width: 2 };
}

Deno.test("enlargeMap() keeps a constant map", () => {
  for (const value of enlargeMap(pair(0.5, 0.5))) {
    assertAlmostEquals(value, 0.5, 1e-12);
  }
});

Deno.test("enlargeMap() rises smoothly, and takes the positive part", () => {
  const large = enlargeMap(pair(-3, 1));
  const row = Array.from(large.subarray(0, HEATMAP_SIDE));
  assertEquals(row[0], 0);
  assert(row.every((value, i) => value >= 0 && value >= (row[i - 1] ?? 0)));
  assertAlmostEquals(row.at(-1)!, 1, 1e-9);
});

Deno.test("drawHeatmaps() draws by one scale, and nothing where nothing speaks", async () => {
  const [strong, weak] = await drawHeatmaps([pair(0, 4), pair(0, 1)]);
  const { width, height, data } = await decodePixels(strong!);
  assertEquals([width, height], [HEATMAP_SIDE, HEATMAP_SIDE]);
  // The strongest place of all, and the darkest colour.
  assertEquals([...data.subarray(31 * 3, 32 * 3)], [252, 255, 164]);
  assertEquals([...data.subarray(0, 3)], [0, 0, 4]);
  const other = await decodePixels(weak!);
  assertEquals([...other.data.subarray(31 * 3, 32 * 3)], [87, 16, 110]);
});

Deno.test("drawHeatmaps() draws maps that say nothing or are not finite", async () => {
  const [empty, broken] = await drawHeatmaps([pair(0, 0), pair(NaN, Infinity)]);
  assertEquals(empty, broken);
});

Deno.test("inferno() equals matplotlib's at eighths", () => {
  // matplotlib.cm.inferno(i / 8) of Debian's 3.6.3.
  const expected = [
    [0, 0, 4],
    [33, 12, 74],
    [87, 16, 110],
    [138, 34, 106],
    [188, 55, 84],
    [228, 90, 49],
    [249, 142, 9],
    [249, 203, 53],
    [252, 255, 164],
  ];
  assertEquals(expected.map((_, i) => inferno(i / 8)), expected);
});

Deno.test("inferno() mixes between, and cuts off beyond", () => {
  assertEquals(inferno(1 / 16), [17, 6, 39]);
  assertEquals([inferno(-1), inferno(2)], [inferno(0), inferno(1)]);
});

/** A grey photo of 8×8 pixels, all of which was seen. */
const PHOTO = {
  width: 8,
  height: 8,
  data: new Uint8Array(8 * 8 * 3).fill(100),
  seen: { left: 0, top: 0, width: 8, height: 8 },
};

Deno.test("drawOverlay() shows the photo where nothing speaks for the class", async () => {
  const map = { values: Float32Array.of(-1, 0, 0, 0), width: 2, height: 2 };
  const { width, height, data } = await decodePixels(
    await drawOverlay(PHOTO, map),
  );
  assertEquals([width, height], [8, 8]);
  assertEquals(data, PHOTO.data);
});

Deno.test("drawOverlay() covers four fifths of the photo at the strongest place", async () => {
  const map = { values: Float32Array.of(3, 0, 0, 0), width: 2, height: 2 };
  const { data } = await decodePixels(await drawOverlay(PHOTO, map));
  const strongest = inferno(1).map((c) => Math.round(100 + (c - 100) * 0.8));
  assertEquals([...data.subarray(0, 3)], strongest);
  assertEquals([...data.subarray(-3)], [100, 100, 100]);
});

Deno.test("drawOverlay() leaves what the network did not see as it is", async () => {
  const map = { values: Float32Array.of(3), width: 1, height: 1 };
  const seen = { left: 2, top: 0, width: 4, height: 8 };
  const { data } = await decodePixels(
    await drawOverlay({ ...PHOTO, seen }, map),
  );
  const isGrey = (x: number) =>
    data.subarray(x * 3, x * 3 + 3).every((value) => value === 100);
  const row = Array.from({ length: 8 }, (_, x) => isGrey(x));
  assertEquals(row.map(Number), [1, 1, 0, 0, 0, 0, 1, 1]);
});
