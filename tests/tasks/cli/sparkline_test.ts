import { assertEquals } from "@std/assert";
import { renderSparkline } from "../../../tasks/cli/sparkline.ts";

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
