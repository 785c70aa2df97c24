import { assertEquals } from "@std/assert";
import { reportClasses } from "../../pipeline/metrics/classification_report.ts";

Deno.test("reportClasses() computes the ratios of each class and their means", () => {
  assertEquals(reportClasses([[1, 1], [0, 6]]), {
    perClass: [
      { precision: 1, recall: 0.5, f1: 2 / 3, support: 2 },
      { precision: 6 / 7, recall: 1, f1: 12 / 13, support: 6 },
    ],
    macro: {
      precision: (1 + 6 / 7) / 2,
      recall: 0.75,
      f1: (2 / 3 + 12 / 13) / 2,
    },
    weighted: {
      precision: (1 * 2 + 6 / 7 * 6) / 8,
      recall: 0.875,
      f1: (2 / 3 * 2 + 12 / 13 * 6) / 8,
    },
    micro: { precision: 0.875, recall: 0.875, f1: 0.875 },
  });
});

Deno.test("reportClasses() gives 0 when there is nothing to divide by", () => {
  const zero = { precision: 0, recall: 0, f1: 0 };
  const { perClass, macro, weighted, micro } = reportClasses([
    [4, 0, 0, 0],
    [0, 0, 0, 0],
    [4, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
  assertEquals(perClass, [
    { precision: 0.5, recall: 1, f1: 2 / 3, support: 4 },
    { ...zero, support: 0 },
    { ...zero, support: 4 },
    { ...zero, support: 0 },
  ]);
  assertEquals(macro, { precision: 0.125, recall: 0.25, f1: 2 / 3 / 4 });
  assertEquals(weighted, { precision: 0.25, recall: 0.5, f1: 2 / 3 * 4 / 8 });
  assertEquals(micro, { precision: 0.5, recall: 0.5, f1: 0.5 });
});
