import { assertEquals } from "@std/assert";
import { buildGraph } from "../../pipeline/backbone/graph.ts";
import type { ConvLayer, Layer } from "../../pipeline/backbone/layers.ts";
import {
  DEPTHS,
  resNet,
  type VariantName,
} from "../../pipeline/backbone/spec.ts";

/** Layers of a ResNet-101 at 224 pixels. */
function layersOf(variant: VariantName): Map<string, Layer> {
  const spec = resNet(variant, { blocks: DEPTHS[101]!, width: 64 });
  const { layers } = buildGraph(spec, 224);
  return new Map(layers.map((layer) => [layer.name, layer]));
}

/** Names of the layers with stride 2, but for the stem's. */
function stridedLayers(variant: VariantName): string[] {
  return [...layersOf(variant).values()]
    .filter((layer) => "stride" in layer && layer.stride === 2)
    .map((layer) => layer.name)
    .filter((name) => name.startsWith("layer"));
}

Deno.test("buildGraph() describes the last block", () => {
  const layers = layersOf("torchvision");
  assertEquals(layers.get("layer3.22.conv3"), {
    kind: "conv",
    name: "layer3.22.conv3",
    norm: "layer3.22.bn3",
    input: "layer3.22.conv2",
    add: "layer3.21.conv3",
    relu: true,
    kernel: 1,
    stride: 1,
    padding: { top: 0, bottom: 0, left: 0, right: 0 },
    inChannels: 256,
    outChannels: 1024,
    size: 14,
    epsilon: 1e-5,
  });
});

Deno.test("buildGraph() halves the image five times and then pools it", () => {
  const layers = layersOf("torchvision");
  const sizes = [
    "conv1",
    "maxpool",
    "layer1.2.conv3",
    "layer2.3.conv3",
    "layer3.22.conv3",
    "layer4.2.conv3",
    "avgpool",
  ].map((name) => {
    const { size, outChannels } = layers.get(name)!;
    return [size, outChannels];
  });
  assertEquals(sizes, [
    [112, 64],
    [56, 64],
    [56, 256],
    [28, 512],
    [14, 1024],
    [7, 2048],
    [1, 2048],
  ]);
});

Deno.test("buildGraph() puts the stride where the variant has it", () => {
  assertEquals(stridedLayers("torchvision"), [
    "layer2.0.downsample.0",
    "layer2.0.conv2",
    "layer3.0.downsample.0",
    "layer3.0.conv2",
    "layer4.0.downsample.0",
    "layer4.0.conv2",
  ]);
  assertEquals(stridedLayers("keras").slice(0, 2), [
    "layer2.0.downsample.0",
    "layer2.0.conv1",
  ]);
  assertEquals(stridedLayers("tf-slim"), [
    "layer1.2.subsample",
    "layer1.2.conv2",
    "layer2.3.subsample",
    "layer2.3.conv2",
    "layer3.22.subsample",
    "layer3.22.conv2",
  ]);
});

Deno.test("buildGraph() pads as the variant does", () => {
  const padding = (variant: VariantName, name: string) => {
    const layer = layersOf(variant).get(name) as ConvLayer;
    const { top, bottom, left, right } = layer.padding;
    return [top, bottom, left, right];
  };
  assertEquals(padding("torchvision", "conv1"), [3, 3, 3, 3]);
  assertEquals(padding("tf-same", "conv1"), [2, 3, 2, 3]);
  assertEquals(padding("tf-slim", "conv1"), [3, 3, 3, 3]);
  assertEquals(padding("tf-slim", "maxpool"), [0, 1, 0, 1]);
  assertEquals(padding("tf-same", "layer2.0.conv2"), [0, 1, 0, 1]);
  assertEquals(padding("tf-same", "layer2.1.conv2"), [1, 1, 1, 1]);
  assertEquals(padding("tf-same", "layer2.0.downsample.0"), [0, 0, 0, 0]);
});

Deno.test("buildGraph() pads SAME by the size where it is odd", () => {
  const spec = resNet("tf-same", { blocks: [1, 1, 1, 1], width: 4 });
  const [stem, pool] = buildGraph(spec, 97).layers as ConvLayer[];
  assertEquals([stem!.size, pool!.size], [49, 25]);
  assertEquals(stem!.padding, { top: 3, bottom: 3, left: 3, right: 3 });
  assertEquals(pool!.padding, { top: 1, bottom: 1, left: 1, right: 1 });
});

Deno.test("buildGraph() lists a layer after those it reads", () => {
  for (const variant of ["torchvision", "tf-slim"] as const) {
    const seen = new Set(["input"]);
    for (const layer of layersOf(variant).values()) {
      assertEquals(seen.has(layer.input), true, layer.name);
      if (layer.kind === "conv" && layer.add !== undefined) {
        assertEquals(seen.has(layer.add), true, layer.name);
      }
      seen.add(layer.name);
    }
  }
});
