import { assertEquals } from "@std/assert";
import { renderClassTable, renderTable } from "../../../tasks/cli/tables.ts";

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

Deno.test("renderClassTable() shows a row for each class", () => {
  const perClass = [
    { name: "daisy", precision: 1, recall: 0.5, f1: 2 / 3, support: 10 },
    { name: "dandelion", precision: 0, recall: 0, f1: 0, support: 0 },
  ];
  const average = { precision: 0, recall: 0, f1: 0 };
  const metrics = {
    samples: 10,
    loss: 0,
    top1: 0,
    top5: 0,
    perClass,
    macro: average,
    weighted: average,
    confusion: [[5, 5], [0, 0]],
  };
  assertEquals(
    renderClassTable(metrics),
    [
      "  class      precision  recall  f1     support",
      "  ---------  ---------  ------  -----  -------",
      "  daisy      1.000      0.500   0.667       10",
      "  dandelion  0.000      0.000   0.000        0",
    ].join("\n"),
  );
});
