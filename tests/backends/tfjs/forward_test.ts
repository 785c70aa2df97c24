import { assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { uniform } from "../../../pipeline/backbone/formula.ts";
import { buildNetwork } from "../../../pipeline/backends/tfjs/forward.ts";
import { smallBackbone } from "../../backbone/support.ts";
import { TFJS_DEVICES } from "../support.ts";

for (const { name, ignore, start } of TFJS_DEVICES) {
  Deno.test({
    name: `buildNetwork() leaves no tensors on ${name}`,
    ignore,
    async fn() {
      const device = await start();
      const before = tf.memory().numTensors;
      const { graph, weights } = smallBackbone();
      const network = buildNetwork(graph, weights, device.convolve);
      const loaded = tf.memory().numTensors;
      const pixels = uniform("x", 2 * 32 * 32 * 3, [-2, 2]);
      const output = network.run(() => tf.tensor4d(pixels, [2, 32, 32, 3]));
      assertEquals(tf.memory().numTensors, loaded + 1);
      await output.data();
      output.dispose();
      network.dispose();
      assertEquals(tf.memory().numTensors, before);
      await device.stop();
    },
  });

  Deno.test({
    name: `buildNetwork() leaves no tensors on ${name} when a layer throws`,
    ignore,
    async fn() {
      const device = await start();
      const { graph, weights } = smallBackbone();
      const network = buildNetwork(graph, weights, device.convolve);
      const loaded = tf.memory().numTensors;
      const tooFew = () => tf.tensor4d(new Float32Array(3), [1, 32, 32, 3]);
      assertThrows(() => network.run(tooFew), Error, "shape");
      graph.layers.at(-2)!.input = "input";
      const makePixels = () => tf.zeros<tf.Rank.R4>([1, 32, 32, 3]);
      assertThrows(() => network.run(makePixels), Error, "conv2d");
      assertEquals(tf.memory().numTensors, loaded);
      network.dispose();
      await device.stop();
    },
  });
}
