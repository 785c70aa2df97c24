import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  drawHeatmaps,
  enlargeMap,
  HEATMAP_SIDE,
} from "../../pipeline/report/heatmap.ts";
import { loadPng } from "../../pipeline/image/imagescript.ts";

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
  const decode = await loadPng();
  const { width, height, data } = decode(strong!);
  assertEquals([width, height], [HEATMAP_SIDE, HEATMAP_SIDE]);
  // The strongest place of all, and the darkest colour.
  assertEquals([...data.subarray(31 * 3, 32 * 3)], [252, 255, 164]);
  assertEquals([...data.subarray(0, 3)], [0, 0, 4]);
  assertEquals([...decode(weak!).data.subarray(31 * 3, 32 * 3)], [87, 16, 110]);
});

Deno.test("drawHeatmaps() draws maps that say nothing or are not finite", async () => {
  const [empty, broken] = await drawHeatmaps([pair(0, 0), pair(NaN, Infinity)]);
  assertEquals(empty, broken);
});
