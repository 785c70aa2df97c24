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
      const pixels = uniform("x", 2 * 32 * 32 * 3, [-2, 2]);
      const output = network.run(() => tf.tensor4d(pixels, [2, 32, 32, 3]));
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
      const tooFew = () => tf.tensor4d(new Float32Array(3), [1, 32, 32, 3]);
      assertThrows(() => network.run(tooFew), Error, "shape");
      graph.layers.at(-2)!.input = "input";
      const makePixels = () => tf.zeros<tf.Rank.R4>([1, 32, 32, 3]);
      assertThrows(() => network.run(makePixels), Error, "conv2d");
      assertEquals(tf.memory().numTensors, loaded);
      network.dispose();
      await backend.stop();
    },
  });
}
