import { assertEquals } from "@std/assert";
import { orderAsKeras } from "../../pipeline/export/keras_order.ts";

/** Layers, each with those it reads. */
const LAYERS = [
  { name: "input", inputs: [] },
  { name: "shortcut", inputs: ["input"] },
  { name: "conv1", inputs: ["input"] },
  { name: "conv2", inputs: ["conv1"] },
  { name: "add", inputs: ["conv2", "shortcut"] },
];

Deno.test("orderAsKeras() puts the farthest from the output first, and of equals the one that is read first", () => {
  assertEquals(orderAsKeras(LAYERS).map(({ name }) => name), [
    "input",
    "conv1",
    "conv2",
    "shortcut",
    "add",
  ]);
});
