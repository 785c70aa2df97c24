/**
 * The self-test of a tfjs backend.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import { selfTest } from "../self_test.ts";
import type { TfjsDevice } from "./device.ts";
import { buildNetwork } from "./forward.ts";

/**
 * Runs the self-test on a device.
 *
 * @param device The device; it becomes the current one.
 * @param expected Embedding by another implementation, F32 `[128]`.
 * @throws {BackendUnavailableError} If the device computes another one, or reports an error.
 */
export async function testTfjs(
  device: TfjsDevice,
  expected?: readonly number[],
): Promise<void> {
  await selfTest({
    name: device.name,
    async run({ graph, weights }, pixels) {
      device.use();
      const network = buildNetwork(graph, weights, device.convolve);
      const { imageSize } = graph;
      const output = network.run(() =>
        tf.tensor4d(pixels, [1, imageSize, imageSize, 3])
      );
      const rows = await output.data();
      output.dispose();
      network.dispose();
      device.check();
      return rows;
    },
  }, expected);
}
