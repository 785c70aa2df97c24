import { assertEquals } from "@std/assert";
import { buildGraph } from "../../pipeline/backbone/graph.ts";
import {
  DEPTHS,
  resNet,
  type VariantName,
} from "../../pipeline/backbone/spec.ts";
import {
  summarizeGraph,
  type SummaryRow,
} from "../../pipeline/backbone/summary.ts";

/** The table of a network at 224 pixels. */
function summaryOf(variant: VariantName, depth: number): SummaryRow[] {
  const spec = resNet(variant, { blocks: DEPTHS[depth]!, width: 64 });
  return summarizeGraph(buildGraph(spec, 224));
}

// Totals without classifier as `count_params()` of keras.applications has them.
Deno.test.each([
  [50, 23_587_712],
  [101, 42_658_176],
  [152, 58_370_944],
])("summarizeGraph() counts as Keras does at depth %s", (depth, expected) => {
  const rows = summaryOf("keras", depth);
  const total = rows.reduce((sum, row) => sum + row.parameters, 0);
  assertEquals(total, expected);
});

Deno.test("summarizeGraph() counts as torchvision does", () => {
  // 44,549,160 parameters less the 2,049,000 of the classifier, and 52,672
  // channels with a running mean and variance, which are no parameters there.
  const rows = summaryOf("torchvision", 101);
  const total = rows.reduce((sum, row) => sum + row.parameters, 0);
  assertEquals(total, 44_549_160 - 2_049_000 + 2 * 52_672);
});

Deno.test("summarizeGraph() describes each kind of layer", () => {
  const rows = summaryOf("tf-slim", 101);
  const find = (name: string) => rows.find((row) => row.name === name);
  assertEquals(rows[0], {
    name: "conv1",
    kind: "conv 7x7 / 2",
    outputShape: [112, 112, 64],
    parameters: 3 * 49 * 64 + 4 * 64,
  });
  assertEquals(find("maxpool")!.kind, "max pool 3x3 / 2");
  assertEquals(find("layer1.2.subsample")!.kind, "max pool 1x1 / 2");
  assertEquals(find("layer1.2.conv3")!.kind, "conv 1x1 + add");
  assertEquals(rows.at(-1), {
    name: "avgpool",
    kind: "global average pool",
    outputShape: [2048],
    parameters: 0,
  });
});
