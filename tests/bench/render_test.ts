import { assertEquals } from "@std/assert";
import { compareRounds, type Row } from "./bench_row.ts";
import { formatNumber, renderMarkdown, renderText } from "./render.ts";

const ROWS: Row[] = [
  compareRounds("a / b", {
    ours: [20, 21, 22],
    peer: [20, 20, 20],
    unit: "images/s",
    target: { kind: "least", value: 1.2 },
    note: "x|y",
  }),
  compareRounds("c", {
    ours: [0.5],
    unit: "s",
    target: { kind: "most", value: 1.5 },
  }),
  { figure: "d", skipped: "there is none" },
];

Deno.test.each([
  [0, "0.00"],
  [1, "1.00"],
  [0.0123456, "0.0123"],
  [0.00012345, "1.2e-4"],
  [16.51, "16.5"],
  [99.96, "100"],
  [123.6, "124"],
  [20000.4, "20000"],
])("formatNumber() writes %s as %s", (value, expected) => {
  assertEquals(formatNumber(value), expected);
});

Deno.test("renderText() has the ratios first, and says what was skipped", () => {
  assertEquals(
    renderText(ROWS),
    [
      "ratio    target  met  spread       figure  ours   peer  unit      runs  note",
      "1.05     ≥ 1.20  no   1.00–1.10    a / b   21.0   20.0  images/s  3     x|y",
      "         ≤ 1.50  yes  0.500–0.500  c       0.500        s         1",
      "skipped                            d                                    there is none",
    ].join("\n"),
  );
});

Deno.test("renderMarkdown() is formatted, and keeps bars inside cells", () => {
  assertEquals(
    renderMarkdown(ROWS),
    [
      "| ratio   | target | met | spread      | figure | ours  | peer | unit     | runs | note          |",
      "| ------- | ------ | --- | ----------- | ------ | ----- | ---- | -------- | ---- | ------------- |",
      "| 1.05    | ≥ 1.20 | no  | 1.00–1.10   | a / b  | 21.0  | 20.0 | images/s | 3    | x\\|y          |",
      "|         | ≤ 1.50 | yes | 0.500–0.500 | c      | 0.500 |      | s        | 1    |               |",
      "| skipped |        |     |             | d      |       |      |          |      | there is none |",
    ].join("\n"),
  );
});
