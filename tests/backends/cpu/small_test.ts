import { assertEquals } from "@std/assert";
import { buildGraph } from "../../../pipeline/backbone/graph.ts";
import { resNet } from "../../../pipeline/backbone/spec.ts";
import { isQuick } from "../../../pipeline/backends/cpu/small.ts";
import { smallBackbone } from "../../backbone/support.ts";

Deno.test.each([
  ["24.8", 96, 4e6, true],
  ["33.7", 112, 4e6, false],
  ["24.8", 96, 4e6 + 1, false],
])(
  "isQuick() of %s million multiplications, at %d pixels, with %d weights: %s",
  (_, imageSize, count, isSo) => {
    const spec = resNet("torchvision", { blocks: [3, 4, 23, 3], width: 8 });
    const weights = {
      ...smallBackbone().weights,
      values: new Float32Array(count),
    };
    const graph = buildGraph(spec, imageSize);
    assertEquals(isQuick({ ...smallBackbone(), graph, weights }), isSo);
  },
);
