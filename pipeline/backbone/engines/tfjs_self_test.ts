/**
 * The self-test of a tfjs backend.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import { buildNetwork } from "./forward.ts";
import { selfTest } from "./self_test.ts";
import type { TfjsBackend } from "./tfjs_backend.ts";

/**
 * Runs the self-test on a backend.
 *
 * @param backend The backend; it is made the current one.
 * @param expected Embedding by another implementation, F32 `[128]`.
 * @throws {BackendUnavailableError} If the backend computes another one, or reports an error.
 */
export async function testTfjs(
  backend: TfjsBackend,
  expected?: readonly number[],
): Promise<void> {
  await selfTest({
    name: backend.name,
    async run({ graph, weights }, pixels) {
      backend.use();
      const network = buildNetwork(graph, weights);
      const { imageSize } = graph;
      const output = network.run(() =>
        tf.tensor4d(pixels, [1, imageSize, imageSize, 3])
      );
      const rows = await output.data();
      output.dispose();
      network.dispose();
      backend.check();
      return rows;
    },
  }, expected);
}
