import { assertEquals } from "@std/assert";
import { decodeImage } from "../../pipeline/image/decode.ts";
import { drawConfusion } from "../../pipeline/report/run_events.ts";

/** The colour in the middle of each cell, RGB, row by row. */
async function coloursOf(confusion: number[][]): Promise<number[][]> {
  const { width, png } = await drawConfusion(confusion);
  const data = await decodeImage(png, ({ data }) => data.slice());
  const cell = width / confusion.length;
  return confusion.flatMap((row, y) =>
    row.map((_, x) => {
      const middle = (at: number) => Math.floor((at + 0.5) * cell);
      const start = (middle(y) * width + middle(x)) * 3;
      return [...data.subarray(start, start + 3)];
    })
  );
}

Deno.test("drawConfusion() is the darker the larger the share of the true class", async () => {
  const [none, all, half] = [[247, 251, 255], [8, 48, 107], [128, 150, 181]];
  assertEquals(
    await coloursOf([[4, 4, 0], [0, 7, 0], [0, 0, 0]]),
    [half, half, none, none, all, none, none, none, none] as number[][],
  );
});

Deno.test.each([[1, 48], [10, 480], [11, 473], [600, 600]])(
  "drawConfusion() of %s classes is %s pixels wide",
  async (classCount, side) => {
    const row = new Array(classCount).fill(1);
    const { width, height, png } = await drawConfusion(
      new Array(classCount).fill(row),
    );
    assertEquals([width, height], [side, side]);
    const decoded = await decodeImage(png, ({ width }) => width);
    assertEquals(decoded, side);
  },
);
