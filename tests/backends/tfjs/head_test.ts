import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import {
  GOLDEN,
  goldenBatch,
  goldenInputs,
  goldenParameters,
  goldenShape,
} from "../../head/support.ts";
import { testHeads } from "../support.ts";

testHeads(
  ["wasm", "webgpu"],
  (engine) =>
    `tfjsHeads() leaves no tensors on ${engine} when the head is disposed of`,
  async (open) => {
    const { numTensors: before } = tf.memory();
    for (const options of GOLDEN) {
      const parameters = goldenParameters(options, "initial");
      const network = open(goldenShape(options), { parameters });
      const { numTensors: own } = tf.memory();
      await network.gradients(goldenBatch(0, options));
      await network.predict(goldenInputs(0));
      await network.takeSums();
      const adam = { t: 1, learningRate: 1e-3, weightDecay: 0.1 };
      await network.step(goldenBatch(0, options), adam);
      await network.read();
      assertEquals(tf.memory().numTensors, own);
      await network.dispose();
      assertEquals(tf.memory().numTensors, before);
    }
  },
);
