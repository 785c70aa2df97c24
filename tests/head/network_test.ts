import { assertEquals } from "@std/assert";
import { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";
import { predictLogits } from "../../pipeline/head/network.ts";
import { testHeads } from "../backends/support.ts";

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

/** Logits of the samples. */
function expectedLogits(rows: readonly number[]): Float32Array {
  return Float32Array.from(rows.flatMap((x) => [2 * x, 1 - x]));
}

for (const count of [600, 256, 0]) {
  testHeads(
    ["wasm", "cpu"],
    (engine) =>
      `predictLogits() looks at the plain views of ${count} samples on ${engine}`,
    async (open) => {
      const network = open(SHAPE, { parameters: PARAMETERS });
      const logits = await predictLogits(network, samples(count));
      await network.dispose();
      assertEquals(logits, expectedLogits([...Array(count).keys()]));
    },
  );
}

testHeads(
  ["wasm", "cpu"],
  (engine) =>
    `predictLogits() looks at the rows that are asked for on ${engine}`,
  async (open) => {
    const network = open(SHAPE, { parameters: PARAMETERS });
    const rows = [3, 0, 599];
    const source = samples(600);
    const logits = await predictLogits(network, source, Int32Array.from(rows));
    await network.dispose();
    assertEquals(logits, expectedLogits(rows));
  },
);
