import { assert, assertEquals } from "@std/assert";
import {
  type BarState,
  renderBarLine,
  renderSparkline,
} from "../../../tasks/cli/bar_line.ts";

/** A training at a quarter, whose accuracy has risen. */
const STATE: BarState = {
  title: "head",
  done: 25,
  total: 100,
  unit: "epochs",
  rate: "35",
  left: "2.1 s",
  note: "validation 61.7 %",
  history: Array.from({ length: 25 }, (_, i) => i),
};

Deno.test.each<[number, string]>([
  [
    120,
    "  head ██████░░░░░░░░░░░░░░░░░░ 25/100 epochs | 35/s | 2.1 s left | validation 61.7 % ▁▁▂▂▂▂▃▃▃▄▄▄▅▅▅▅▆▆▆▇▇▇▇██",
  ],
  [
    90,
    "  head ████░░░░░░░░░░ 25/100 epochs | 35/s | 2.1 s left | validation 61.7 % ▁▂▂▃▃▄▅▅▆▆▇▇█",
  ],
  [
    80,
    "  head ███░░░░░░░░░ 25/100 epochs | 2.1 s left | validation 61.7 % ▁▂▂▃▄▄▅▅▆▇▇█",
  ],
  [
    72,
    "  head ███░░░░░░░ 25/100 epochs | 35/s | 2.1 s left | validation 61.7 %",
  ],
  [64, "  head ██░░░░░░░ 25/100 epochs | 2.1 s left | validation 61.7 %"],
  [60, "  head ██████░░░░░░░░░░░░░░░░░░ 25/100 epochs | 2.1 s left"],
  [44, "  head ██░░░░░░░ 25/100 epochs | 2.1 s left"],
  [40, "  head █████░░░░░░░░░░░░░ 25/100 epochs"],
  [30, "  head ██░░░░░░ 25/100 epochs"],
  [24, "  head 25/100 epochs"],
  [12, "  head 25/1"],
  [0, ""],
])("renderBarLine() draws a training in %s columns", (columns, line) => {
  assertEquals(renderBarLine(STATE, columns), line);
});

Deno.test("renderBarLine() never fills the last column", () => {
  for (let columns = 1; columns < 300; columns++) {
    for (const history of [[], STATE.history, Array(400).fill(1)]) {
      const line = renderBarLine({ ...STATE, history }, columns);
      assert(line.length < columns, `${columns}: ${line}`);
    }
  }
});

Deno.test("renderBarLine() draws an empty bar of nothing, and a full one of too much", () => {
  const embeddings = { ...STATE, title: "fetch", history: [], note: "" };
  assertEquals(
    renderBarLine({ ...embeddings, total: 0, unit: "megabytes" }, 80),
    `  fetch ${"░".repeat(24)} 25/0 megabytes | 35/s | 2.1 s left`,
  );
  assertEquals(
    renderBarLine({ ...embeddings, done: 101 }, 80),
    `  fetch ${"█".repeat(24)} 101/100 epochs | 35/s | 2.1 s left`,
  );
});

Deno.test.each<[number[], number, string]>([
  [[0, 1, 2, 3, 4, 5, 6, 7], 8, "▁▂▃▄▅▆▇█"],
  [[7, 0], 8, "█▁"],
  [[0.61, 0.62, 0.615], 8, "▁█▅"],
  [[9, 0, 0.5, 1], 3, "▁▅█"],
  [[0.5, 0.5, 0.5], 8, "▄▄▄"],
  [[0.9, 0.5, 0.5], 2, "▄▄"],
  [[0.5], 8, "▄"],
  [[1, 2], 0, ""],
  [[], 8, ""],
])("renderSparkline() draws %j in %s columns as %s", (values, width, text) => {
  assertEquals(renderSparkline(values, width), text);
});
