/**
 * The self-test of a tfjs backend.
 *
 * @module
 */

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
      const output = network.run(pixels, 1);
      const rows = await output.data();
      output.dispose();
      network.dispose();
      backend.check();
      return rows;
    },
  }, expected);
}
