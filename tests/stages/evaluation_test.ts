import { assertAlmostEquals, assertEquals } from "@std/assert";
import { ImageRecords } from "../../pipeline/dataset/image_records.ts";
import { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";
import { shareInterval } from "../../pipeline/metrics/binomial.ts";
import type { Metrics } from "../../pipeline/metrics/schema.ts";
import { EVALUATION } from "../../pipeline/stages/evaluation.ts";
import { completeStage, testInput } from "../support/complete_stage.ts";
import type { OpenHead } from "../../pipeline/head/network.ts";
import { withHeads } from "../backends/support.ts";

/** A head that passes its two inputs on. */
const HEAD = {
  shape: { inputs: 2, hidden: 0, classes: 2, activation: "linear" },
  parameters: {
    "dense1.kernel": Float32Array.of(1, 0, 0, 1),
    "dense1.bias": Float32Array.of(0, 0),
  },
  metadata: {},
} as const;

/** Samples that all speak for class 0, by a distance of 2. */
function samples(...labels: number[]): EmbeddingSource {
  const shard = {
    embeddings: Float32Array.from(labels.flatMap(() => [2, 0])),
    labels: Int32Array.from(labels),
    records: Int32Array.from(labels, (_, i) => i),
  };
  return new EmbeddingSource([shard], { views: 1, size: 2 });
}

/** Evaluates samples and returns the numbers. */
async function run(
  open: OpenHead,
  split: "test" | "validation",
  options: { validation?: EmbeddingSource },
): Promise<Metrics> {
  const { validation } = options;
  const source = samples(0, 0, 0, 1, 0, 1);
  const digest = "00".repeat(32);
  const record = { sizeBytes: 1, digest, width: 1, height: 1, label: 0 };
  const records = new ImageRecords(Array.from(source.labels, (_, i) => (
    { path: `${i}.png`, split, ...record }
  )));
  const history = [{
    epoch: 1,
    step: 1,
    learningRate: 1,
    trainLoss: 1,
    trainAccuracy: 0.5,
  }];
  const counts = { test: 6, validation: validation?.count ?? 6 };
  const compute = {
    name: "wasm",
    openHead: open,
    multiply: () => Promise.reject(),
  };
  const { metrics } = await completeStage(EVALUATION, {
    inputs: {
      index: await testInput({
        classNames: ["cat", "dog"],
        readRecords: () => Promise.resolve(records),
      }),
      embeddings: await testInput({
        loadSplit: (wanted: string) =>
          Promise.resolve(wanted === split ? source : validation),
      }, { counts }),
      head: await testInput({
        readHead: () => Promise.resolve(HEAD),
        history,
        bestEpoch: 1,
      }),
    },
    split,
    openCompute: () => Promise.resolve(compute),
  });
  return metrics;
}

Deno.test("EVALUATION fits the temperature on the validation split", () =>
  withHeads("wasm", async (open) => {
    const validation = samples(0, 0, 0, 1);
    const { calibration } = await run(open, "test", { validation });
    assertAlmostEquals(calibration.temperature!, 2 / Math.log(3), 1e-10);
    // The odds are 3 now, and the accuracy is 4 of 6.
    assertAlmostEquals(calibration.after!.ece, 3 / 4 - 4 / 6, 1e-10);
    assertEquals(calibration.reason, null);
  }));

Deno.test.each(
  [
    ["validation", "the validation split is the one that is evaluated"],
    ["test", "the validation split has no samples"],
  ] as const,
)(
  "EVALUATION of split %s has no temperature: %s",
  (split, reason) =>
    withHeads("wasm", async (open) => {
      const { calibration } = await run(open, split, {});
      assertEquals(calibration.temperature, null);
      assertEquals(calibration.after, null);
      assertEquals(calibration.reason, reason);
    }),
);

Deno.test("EVALUATION gives intervals of shares, and no top-5 accuracy of two classes", () =>
  withHeads("wasm", async (open) => {
    const { intervals, top1, top5, perClass } = await run(open, "test", {});
    assertEquals([top1, top5], [4 / 6, null]);
    assertEquals(intervals, {
      level: 0.95,
      method: "clopper-pearson",
      top1: shareInterval(4, 6)!,
      top5: null,
    });
    // All six are taken for the first class, which four are of.
    assertEquals(perClass.map((scores) => scores.intervals), [
      { precision: shareInterval(4, 6), recall: shareInterval(4, 4) },
      { precision: null, recall: shareInterval(0, 2) },
    ]);
  }));
