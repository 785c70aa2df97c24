/**
 * The backbone in half precision beside the one in single precision.
 *
 * @module
 */

import { assertEquals, assertLessOrEqual } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { withoutPool } from "../../../pipeline/backbone/layers.ts";
import type { Backbone } from "../../../pipeline/backbone/fold.ts";
import { toHalves } from "../../../pipeline/backends/webgpu/halves.ts";
import { openEmbedder } from "../../../pipeline/backends/webgpu/embedder.ts";
import { noise, smallBackbone } from "../../backbone/support.ts";
import { HAS_ADAPTER } from "../support.ts";

const BOTH = ["plain", "flipped"] as const;
const ignore = !HAS_ADAPTER;

/** `‖a − b‖ / ‖b‖`, in Euclidean norms. */
function relativeError(a: Float32Array, b: Float32Array): number {
  const norm = (numbers: Float32Array) => Math.hypot(...numbers);
  return norm(a.map((x, i) => x - b[i]!)) / norm(b);
}

/** Embeds noise. */
async function embed(backbone: Backbone): Promise<Float32Array> {
  const engine = await openEmbedder(backbone, { batchSize: 2 });
  const before = tf.memory().numTensors;
  const rows = await engine.embed(noise(5, 32), { count: 5, views: BOTH });
  assertEquals(tf.memory().numTensors, before);
  await engine.close();
  return rows;
}

Deno.test.each([["embeddings", true], ["feature maps", false]] as const)(
  "openEmbedder() computes %s in half precision",
  { ignore },
  async (_, isPooled) => {
    const open = (half: boolean) => {
      const backbone = smallBackbone();
      const { graph } = backbone;
      return embed({
        ...backbone,
        half,
        graph: isPooled ? graph : withoutPool(graph),
      });
    };
    const half = await open(true);
    const single = await open(false);
    // Halves have 11 bits: a rounding is at most 4.9e-4 of a number.
    const error = relativeError(half, single);
    assertLessOrEqual(error, 2e-3);
    // And it was not single precision.
    assertEquals(error > 1e-6, true);
  },
);

Deno.test("toHalves() puts two halves in a word, the first in the low bits", () => {
  // 1 is 3c00, -2 is c000; 1 + 2^-11 rounds to even, 65519 down to 65504.
  const words = toHalves(Float32Array.of(1, -2, 1 + 2 ** -11, 65519));
  assertEquals([...new Uint32Array(words.buffer)], [0xc0003c00, 0x7bff3c00]);
});
