import { assertEquals } from "@std/assert";
import { DEPTHS, embeddingSize, resNet } from "../../pipeline/backbone/spec.ts";

Deno.test.each([50, 101, 152])(
  "resNet() names the network of depth %s by its layers",
  (depth) => {
    const blocks = DEPTHS[depth]!;
    const { name } = resNet("torchvision", { blocks, width: 64 });
    assertEquals(name, `ResNet-${depth}`);
  },
);

Deno.test("resNet() takes the rest from the variant", () => {
  const spec = resNet("tf-same", { blocks: [3, 4, 23, 3], width: 64 });
  assertEquals(spec, {
    name: "ResNet-101",
    blocks: [3, 4, 23, 3],
    width: 64,
    strideIn: "conv2",
    strideUnit: "first",
    padding: "same",
    poolPadding: "same",
    epsilon: 1e-5,
    shortcutEpsilon: 1.001e-5,
    bias: false,
  });
});

Deno.test("embeddingSize() is 2048 for the published width", () => {
  const spec = resNet("keras", { blocks: DEPTHS[101]!, width: 64 });
  assertEquals(embeddingSize(spec), 2048);
});
