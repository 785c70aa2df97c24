import { assertEquals } from "@std/assert";
import {
  multiplications,
  outputLength,
  withoutPool,
} from "../../pipeline/backbone/layers.ts";
import { buildGraph } from "../../pipeline/backbone/graph.ts";
import { DEPTHS, resNet } from "../../pipeline/backbone/spec.ts";
import { smallBackbone } from "./support.ts";

Deno.test("withoutPool() leaves the pool out and the graph as it was", () => {
  const { graph } = smallBackbone();
  const { layers } = graph;
  const { layers: rest, ...others } = withoutPool(graph);
  assertEquals(rest, layers.slice(0, -1));
  assertEquals(others, { spec: graph.spec, imageSize: 32 });
  assertEquals(graph.layers.at(-1)!.kind, "avgpool");
});

Deno.test("outputLength() is that of the embedding, or of the feature map", () => {
  const graph = buildGraph(smallBackbone().graph.spec, 224);
  assertEquals(outputLength(graph), 128);
  assertEquals(outputLength(withoutPool(graph)), 7 * 7 * 128);
});

Deno.test("multiplications() of a ResNet-101 are those that torchvision states", () => {
  const spec = resNet("torchvision", { blocks: DEPTHS[101]!, width: 64 });
  // `_ops` of its weights is 7.801 thousand million, with the classifier of 1000 classes.
  const classifier = 2048 * 1000;
  const all = multiplications(buildGraph(spec, 224)) + classifier;
  assertEquals((all / 1e9).toFixed(3), "7.801");
});
