import { assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { buildNetwork } from "../../../pipeline/backbone/engines/forward.ts";
import { startTfjs } from "../../../pipeline/backbone/engines/tfjs_backend.ts";
import { uniform } from "../../../pipeline/backbone/formula.ts";
import { smallBackbone, TFJS_ENGINES } from "../support.ts";

for (const { name, ignore } of TFJS_ENGINES) {
  Deno.test({
    name: `buildNetwork() leaves no tensors on ${name}`,
    ignore,
    async fn() {
      const backend = await startTfjs(name);
      const before = tf.memory().numTensors;
      const { graph, weights } = smallBackbone();
      const network = buildNetwork(graph, weights);
      const loaded = tf.memory().numTensors;
      const output = network.run(uniform("x", 2 * 32 * 32 * 3, [-2, 2]), 2);
      assertEquals(tf.memory().numTensors, loaded + 1);
      await output.data();
      output.dispose();
      network.dispose();
      assertEquals(tf.memory().numTensors, before);
      await backend.stop();
    },
  });

  Deno.test({
    name: `buildNetwork() leaves no tensors on ${name} when a layer throws`,
    ignore,
    async fn() {
      const backend = await startTfjs(name);
      const { graph, weights } = smallBackbone();
      const network = buildNetwork(graph, weights);
      const loaded = tf.memory().numTensors;
      assertThrows(() => network.run(new Float32Array(3), 1), Error, "shape");
      graph.layers.at(-2)!.input = "input";
      const pixels = new Float32Array(32 * 32 * 3);
      assertThrows(() => network.run(pixels, 1), Error, "conv2d");
      assertEquals(tf.memory().numTensors, loaded);
      network.dispose();
      await backend.stop();
    },
  });
}
