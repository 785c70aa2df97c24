import { assertEquals } from "@std/assert";
import {
  renderBar,
  renderClassTable,
  renderConfusion,
  renderTable,
} from "../../../tasks/cli/tables.ts";

Deno.test("renderTable() aligns text to the left and numbers to the right", () => {
  const table = renderTable(["layer", "parameters", "note"], [
    ["conv1", 1208, ""],
    ["layer1.0.conv1", 96, "frozen"],
  ]);
  assertEquals(
    table,
    [
      "  layer           parameters  note",
      "  --------------  ----------  ------",
      "  conv1                 1208",
      "  layer1.0.conv1          96  frozen",
    ].join("\n"),
  );
});

Deno.test("renderTable() renders the header alone when there are no rows", () => {
  assertEquals(renderTable(["a", "bc"], []), "  a  bc\n  -  --");
});

Deno.test("renderTable() widens a column for its longest number", () => {
  assertEquals(
    renderTable(["n"], [[5], [1234]]),
    "  n\n  ----\n     5\n  1234",
  );
});

Deno.test("renderTable() aligns names by their width in a terminal", () => {
  assertEquals(
    renderTable(["class", "n"], [["玫瑰花と", 1], ["ａ", 2], ["e\u0301té", 3]]),
    [
      "  class     n",
      "  --------  -",
      "  玫瑰花と  1",
      "  ａ        2",
      "  e\u0301té       3",
    ].join("\n"),
  );
});

Deno.test.each([
  [0, ""],
  [0.5, "██████████"],
  [0.62, "████████████▍"],
  [0.999, "████████████████████"],
  [1, "████████████████████"],
])("renderBar() of %s is %s", (share, bar) => {
  assertEquals(renderBar(share), bar);
});

/** Two classes whose names may be wide. */
function twoClasses(...names: [string, string]) {
  const ranking = { rocAuc: null, averagePrecision: null };
  const intervals = { precision: null, recall: null };
  return {
    perClass: [
      { precision: 1, recall: 0.5, f1: 2 / 3, support: 10 },
      { precision: 0, recall: 0, f1: 0, support: 0 },
    ].map((scores, i) => ({
      name: names[i]!,
      ...scores,
      ...ranking,
      intervals,
    })),
    confusion: [[5, 5], [0, 0]],
  };
}

Deno.test("renderClassTable() shows a row for each class, F1 also as a bar", () => {
  assertEquals(
    renderClassTable(twoClasses("daisy", "dandelion")),
    [
      "  class      precision  recall  support  f1",
      "  ---------  ---------  ------  -------  -----  --------------",
      "  daisy      1.000      0.500        10  0.667  █████████████▍",
      "  dandelion  0.000      0.000         0  0.000",
    ].join("\n"),
  );
});

Deno.test("renderConfusion() names its columns", () => {
  assertEquals(
    renderConfusion(twoClasses("daisy", "dandelion"), 80),
    [
      "  true \\ predicted  daisy  dandelion",
      "  ----------------  -----  ---------",
      "  daisy                 5          5",
      "  dandelion             0          0",
    ].join("\n"),
  );
});

Deno.test("renderConfusion() numbers its columns when names are too wide", () => {
  const classes = twoClasses("a".repeat(20), "b".repeat(20));
  const table = [
    "  true \\ predicted        0  1",
    "  ----------------------  -  -",
    "  0 aaaaaaaaaaaaaaaaaaaa  5  5",
    "  1 bbbbbbbbbbbbbbbbbbbb  0  0",
  ].join("\n");
  assertEquals(renderConfusion(classes, 30), table);
  assertEquals(renderConfusion(classes, 29), undefined);
});

Deno.test("renderConfusion() measures names by their width, and gives up at once on many classes", () => {
  const classes = twoClasses("玫".repeat(20), "瑰");
  assertEquals(renderConfusion(classes, 49), undefined);
  assertEquals(
    renderConfusion(classes, 50)?.split("\n")[2],
    `  0 ${"玫".repeat(20)}  5  5`,
  );
  const perClass = Array(10_000).fill(classes.perClass[0]);
  // The counts are not looked at.
  assertEquals(renderConfusion({ perClass, confusion: [] }, 300), undefined);
});
