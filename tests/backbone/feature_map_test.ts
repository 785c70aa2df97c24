import { assertEquals } from "@std/assert";
import type { Backbone } from "../../pipeline/backbone/backbone.ts";
import { createWasmEngine } from "../../pipeline/backbone/engines/tfjs_wasm.ts";
import {
  outputLength,
  withoutPool,
} from "../../pipeline/backbone/feature_map.ts";
import { buildGraph } from "../../pipeline/backbone/graph.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { embedOnce, ENGINES } from "./open_engines.ts";
import {
  assertAgree,
  noise,
  readTiny,
  readTinyGolden,
  smallBackbone,
} from "./support.ts";

/** Leaves the pool of a backbone out. */
function unpooled(backbone: Backbone): Backbone {
  return { ...backbone, graph: withoutPool(backbone.graph) };
}

/** Means over the positions of feature maps: F32 `[n, P, D]` to `[n, D]`. */
function meanOfPositions(
  maps: Float32Array,
  shape: { positions: number; channels: number },
): Float64Array {
  const { positions, channels } = shape;
  const means = new Float64Array(maps.length / positions);
  maps.forEach((value, i) => {
    const image = Math.floor(i / (positions * channels));
    means[image * channels + i % channels]! += value / positions;
  });
  return means;
}

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

for (const { name, ignore, create } of ENGINES) {
  Deno.test({
    name: `a feature map on ${name} has the embedding as its mean`,
    ignore,
    async fn() {
      const { images: pixels, embedding } = await readTinyGolden();
      const images = { pixels, count: 2 };
      const maps = await embedOnce(create, unpooled(await readTiny()), images);
      const means = meanOfPositions(maps, { positions: 9, channels: 256 });
      const pooled = await embedOnce(create, await readTiny(), images);
      // Sums of nine floats in another order.
      assertAllClose(means, pooled, { rtol: 1e-5, atol: 1e-6 });
      // PyTorch's plain views, which stand before the flipped ones.
      for (const i of [0, 1]) {
        const expected = embedding.subarray(i * 512, i * 512 + 256);
        assertAgree(means.subarray(i * 256, i * 256 + 256), expected);
      }
    },
  });

  Deno.test({
    name: `feature maps on ${name} are those of wasm, however they are batched`,
    ignore,
    async fn() {
      const { spec } = smallBackbone().graph;
      const graph = withoutPool(buildGraph(spec, 64));
      const images = { pixels: noise(9, 64), count: 9 };
      const open = (on: typeof create, batchSize: number) =>
        embedOnce(
          (backbone) => on(backbone, { batchSize }),
          { ...smallBackbone(), graph },
          images,
        );
      const expected = await open(createWasmEngine, 1);
      assertEquals(expected.length, 9 * 2 * 2 * 128);
      for (const batchSize of [2, 4]) {
        assertAgree(await open(create, batchSize), expected);
      }
    },
  });
}
