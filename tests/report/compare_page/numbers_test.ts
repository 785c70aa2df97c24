import { assertEquals } from "@std/assert";
import { showDifference } from "../../../pipeline/report/compare_page/numbers.ts";

Deno.test.each<[number | null, boolean, string]>([
  [0.015, true, "+1.5"],
  [-0.015, true, "−1.5"],
  [0.0123, false, "+0.012"],
  [-0.0123, false, "−0.012"],
  [0, true, "0.0"],
  [-0.0001, true, "0.0"],
  [0.0001, false, "0.000"],
  [null, true, "–"],
])(
  "showDifference() shows %s (as a share: %s) as %s",
  (value, isShare, text) => {
    assertEquals(showDifference(value, isShare), text);
  },
);
