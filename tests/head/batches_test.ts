import { assert, assertEquals, assertLess, assertNotEquals } from "@std/assert";
import {
  batchDrawer,
  batchesPerPass,
  drawValidationRows,
} from "../../pipeline/head/batches.ts";

const OPTIONS = { seed: 5, count: 10, views: 2, batchSize: 4 };

/** Rows of some steps. */
function rowsOf(steps: number[]): number[] {
  const draw = batchDrawer(OPTIONS);
  return steps.flatMap((step) => [...draw(step).rows]);
}

Deno.test("batchesPerPass() counts the batch that is cut short", () => {
  assertEquals(batchesPerPass({ count: 10, batchSize: 4 }), 3);
  assertEquals(batchesPerPass({ count: 8, batchSize: 4 }), 2);
  assertEquals(batchesPerPass({ count: 1, batchSize: 64 }), 1);
});

Deno.test("batchDrawer() shows every sample once a pass, each pass in its own order", () => {
  const ascending = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const [first, second] = [rowsOf([0, 1, 2]), rowsOf([3, 4, 5])];
  assertEquals(first.toSorted(), ascending);
  assertEquals(second.toSorted(), ascending);
  assertNotEquals(first, second);
  assertEquals(batchDrawer(OPTIONS)(5).rows.length, 2);
});

Deno.test("batchDrawer() draws the same batch when steps come in any order", () => {
  const draw = batchDrawer(OPTIONS);
  const forward = [0, 1, 2, 3, 4, 5, 6].map(draw);
  const backward = [6, 5, 4, 3, 2, 1, 0].map(draw).reverse();
  assertEquals(forward, backward);
  assertEquals(batchDrawer(OPTIONS)(6), forward[6]);
});

Deno.test("batchDrawer() does not hand out what it remembers", () => {
  const draw = batchDrawer(OPTIONS);
  draw(0).rows.fill(-1);
  assertEquals(draw(0), batchDrawer(OPTIONS)(0));
});

Deno.test("batchDrawer() flips half of the samples when there are two views", () => {
  const options = { seed: 5, count: 20_000, views: 2, batchSize: 20_000 };
  const { views } = batchDrawer(options)(3);
  const flipped = views.reduce((a, b) => a + b, 0);
  // Four standard errors of a fair coin.
  assertLess(Math.abs(flipped - 10_000), 4 * Math.sqrt(20_000 / 4));
  assertNotEquals(views, batchDrawer(options)(4).views);
});

Deno.test("batchDrawer() shows the plain view when there is no other", () => {
  const { views } = batchDrawer({ ...OPTIONS, views: 1 })(0);
  assertEquals(views, Uint8Array.of(0, 0, 0, 0));
});

Deno.test("drawValidationRows() draws rows from everywhere, each once", () => {
  const rows = drawValidationRows({ seed: 1, count: 1000, limit: 100 });
  assertEquals(new Set(rows).size, 100);
  assertEquals(rows, rows.toSorted());
  // 50 are expected in either half, with a standard deviation of 4.7.
  const low = rows.filter((row) => row < 500).length;
  assert(low > 30 && low < 70, `${low}`);
  assertNotEquals(
    rows,
    drawValidationRows({ seed: 2, count: 1000, limit: 100 }),
  );
});

Deno.test.each([3, 4, Infinity])(
  "drawValidationRows() takes all of 3 rows when there may be %s",
  (limit) => {
    const rows = drawValidationRows({ seed: 1, count: 3, limit });
    assertEquals([...rows], [0, 1, 2]);
  },
);
