/**
 * The self-test: a small network whose embedding is known, run before the first
 * batch.
 *
 * A backend may start and yet compute nonsense. The network has one of each
 * operation: 7x7 and 3x3 convolutions with stride 2, 1x1 convolutions, both
 * pools, additions of a projection and of a block's own input.
 */

import { type FoldedWeights, foldWeights } from "../backbone/fold.ts";
import { formulaWeights, uniform } from "../backbone/formula.ts";
import { buildGraph } from "../backbone/graph.ts";
import type { Graph } from "../backbone/layers.ts";
import { resNet } from "../backbone/spec.ts";
import { BackendUnavailableError } from "../errors.ts";
import type { BackendName } from "./backend.ts";
import { SELF_TEST_EMBEDDING } from "./self_test_embedding.ts";

/** A backend that is tested. */
interface SelfTestTarget {
  name: BackendName;
  /**
   * Embeds an image with a network.
   *
   * Shapes: `pixels` F32 `[1, S, S, 3]`, normalized; returns F32 `[1, D]`.
   */
  run(
    network: { graph: Graph; weights: FoldedWeights },
    pixels: Float32Array,
  ): Promise<ArrayLike<number>>;
}

/** The network, which `fixtures/golden/make_self_test.py` has too. */
const SPEC = resNet("torchvision", { blocks: [2, 1, 1, 1], width: 4 });

/** Side of its image, in pixels; the last layer has 2x2 pixels then. */
const IMAGE_SIZE = 64;

/** Largest relative error between two implementations that compute in 32 bits. */
const TOLERANCE = 1e-4;

/** `‖a − b‖ / ‖b‖`, in Euclidean norms. */
function relativeError(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    norm += b[i]! ** 2;
  }
  return Math.sqrt(difference / norm);
}

/**
 * Runs the small network and compares its embedding.
 *
 * @throws {BackendUnavailableError} If the target computes another one, or reports an error.
 */
export async function selfTest(target: SelfTestTarget): Promise<void> {
  const graph = buildGraph(SPEC, IMAGE_SIZE);
  const pixels = uniform("input", IMAGE_SIZE ** 2 * 3, [-2, 2]);
  const weights = foldWeights(graph, formulaWeights(SPEC));
  const actual = await target.run({ graph, weights }, pixels);
  const error = relativeError(actual, SELF_TEST_EMBEDDING);
  // Not `error > TOLERANCE`: NaN must fail.
  if (!(error <= TOLERANCE)) {
    throw new BackendUnavailableError(
      target.name,
      `its self-test must have a relative error of at most ${TOLERANCE}: current value is ${
        error.toExponential(1)
      }`,
    );
  }
}
