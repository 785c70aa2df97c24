import { assertEquals } from "@std/assert";
import { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";
import { HeadNetwork } from "../../pipeline/head/network.ts";
import { predictLogits } from "../../pipeline/head/predict.ts";
import { withBackend } from "./support.ts";

const SHAPE = {
  inputs: 1,
  hidden: 0,
  classes: 2,
  activation: "linear",
} as const;

/** Doubles its input, and adds one to its negative. */
const PARAMETERS = {
  "dense1.kernel": Float32Array.of(2, -1),
  "dense1.bias": Float32Array.of(0, 1),
};

/** Samples 0, 1, 2 … whose flipped view is not a number. */
function samples(count: number): EmbeddingSource {
  const embeddings = Float32Array.from(
    { length: count * 2 },
    (_, i) => i % 2 === 0 ? i / 2 : NaN,
  );
  const labels = new Int32Array(count);
  const shard = { embeddings, labels, records: labels };
  return new EmbeddingSource([shard], { views: 2, size: 1 });
}

Deno.test.each([
  [600, Infinity, 600],
  [600, 300, 300],
  [600, 1000, 600],
  [0, Infinity, 0],
])(
  "predictLogits() looks at plain views when of %s samples it may see %s",
  (count, limit, seen) =>
    withBackend("wasm", async () => {
      const network = new HeadNetwork(SHAPE, { parameters: PARAMETERS });
      const logits = await predictLogits(network, samples(count), limit);
      network.dispose();
      const expected = Float32Array.from(
        { length: seen * 2 },
        (_, i) => i % 2 === 0 ? i : 1 - (i - 1) / 2,
      );
      assertEquals(logits, expected);
    }),
);
