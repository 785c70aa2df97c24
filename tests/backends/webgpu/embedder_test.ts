import { assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { buildGraph } from "../../../pipeline/backbone/graph.ts";
import type { View } from "../../../pipeline/backbone/normalize.ts";
import { openEmbedder } from "../../../pipeline/backends/webgpu/embedder.ts";
import { BackendUnavailableError } from "../../../pipeline/errors.ts";
import { noise, smallBackbone } from "../../backbone/support.ts";
import { countWebgpu } from "../../bench/count_webgpu.ts";
import { HAS_ADAPTER } from "../support.ts";

const BOTH = ["plain", "flipped"] as const;
const ignore = !HAS_ADAPTER;

Deno.test({
  name: "openEmbedder() leaves no tensors between batches",
  ignore,
  async fn() {
    const engine = await openEmbedder(smallBackbone(), { batchSize: 2 });
    const before = tf.memory().numTensors;
    await engine.embed(noise(5, 32), { count: 5, views: BOTH });
    assertEquals(tf.memory().numTensors, before);
    await engine.close();
  },
});

Deno.test({
  name: "openEmbedder() stops at an error that no call returned",
  ignore,
  async fn() {
    const engine = await openEmbedder(smallBackbone(), { batchSize: 2 });
    const { device } = tf.backend() as unknown as { device: GPUDevice };
    const { MAP_READ, STORAGE } = GPUBufferUsage;
    const answer = engine.embed(noise(5, 32), { count: 5, views: BOTH });
    device.createBuffer({ size: 4, usage: MAP_READ | STORAGE });
    await assertRejects(
      () => answer,
      BackendUnavailableError,
      'Cannot use engine "webgpu" as the device has reported an error: ',
    );
    await engine.close();
  },
});

Deno.test({
  name: "openEmbedder() opens after one that has failed",
  ignore,
  async fn() {
    const backbone = smallBackbone();
    // No buffer holds the activations of an image of this size.
    const graph = buildGraph(backbone.graph.spec, 2 ** 20);
    await assertRejects(
      () => openEmbedder({ ...backbone, graph }),
      BackendUnavailableError,
      'Cannot use engine "webgpu" as its buffers must hold the activations of one image of 1048576 pixels',
    );
    const engine = await openEmbedder(backbone, { batchSize: 1 });
    await engine.embed(noise(1, 32), { count: 1, views: ["plain"] });
    await engine.close();
  },
});

/** Views, and the bytes of a batch of 4 embeddings of 64x64 pixels in them. */
const UPLOADS: [readonly View[], number][] = [
  [["plain"], 4 * 64 * 64 * 3],
  [BOTH, 2 * 64 * 64 * 3],
];

for (const [views, bytesUp] of UPLOADS) {
  Deno.test({
    name: `openEmbedder() runs a layer a dispatch, and uploads once: ${views}`,
    ignore,
    async fn() {
      const backbone = smallBackbone();
      const graph = buildGraph(backbone.graph.spec, 64);
      const options = { batchSize: 4, views };
      const counts = await countWebgpu({ ...backbone, graph }, options);
      const { submits: _, parameterBytes: __, ...rest } = counts;
      assertEquals(graph.layers.length, 19);
      assertEquals(rest, {
        shaders: 0,
        // The layers, and what makes numbers of the bytes.
        dispatches: 20,
        uploads: 1,
        bytesUp,
        readBacks: 1,
        bytesDown: 4 * 128 * 4,
      });
    },
  });
}

Deno.test({
  name: "openEmbedder() holds two batches, and no activations more",
  ignore,
  async fn() {
    const engine = await openEmbedder(smallBackbone(), { batchSize: 2 });
    const gpuBytes = () =>
      (tf.memory() as unknown as { numBytesAllocatedInGPU: number })
        .numBytesAllocatedInGPU;
    const embed = (count: number) =>
      engine.embed(noise(count, 32), { count, views: ["plain"] });
    await embed(2);
    const one = gpuBytes();
    await embed(20);
    // Bytes and embeddings of the second batch, and the buffers they go through.
    assertLessOrEqual(gpuBytes() - one, 2 * (2 * 32 * 32 * 3 + 2 * 128 * 4));
    await engine.close();
  },
});
