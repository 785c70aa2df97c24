import { assertEquals, assertLess, assertNotEquals } from "@std/assert";
import { toFloat32, toInt32 } from "../../pipeline/artifact/tensor.ts";
import { EmbeddingSource } from "../../pipeline/head/embeddings_source.ts";
import { KernelMemory } from "../../pipeline/head/kernel_memory.ts";
import {
  batchGatherer,
  classWeights,
  DROPOUT_KERNEL,
  runDropout,
  type StepInputOptions,
} from "../../pipeline/head/step_inputs.ts";
import { STREAMS, uniformNumbers } from "../../pipeline/numeric/random.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { readGolden } from "../support/fixtures.ts";
import { readView } from "../support/read_view.ts";

const SHAPE = {
  inputs: 5,
  hidden: 3,
  classes: 2,
  activation: "linear",
} as const;

const OPTIONS: StepInputOptions = {
  seed: 7,
  batchSize: 4,
  classWeights: "balanced",
  dropout: 0.25,
  labelSmoothing: 0.5,
};

/** Six samples of two views, all numbers different. */
const SOURCE = new EmbeddingSource([{
  embeddings: Float32Array.from({ length: 60 }, (_, i) => i + 1),
  labels: Int32Array.of(0, 1, 1, 1, 1, 0),
  records: new Int32Array(6),
}], { views: 2, size: 5 });

/** What makes batches of them. */
function gatherer(options: Partial<StepInputOptions>, hidden = 3) {
  const shape = { ...SHAPE, hidden };
  return batchGatherer(shape, { ...OPTIONS, ...options }, SOURCE);
}

/** The mask of a layer, by the definition. */
function maskOf(length: number, step: number, layer: number): number[] {
  const uniform = uniformNumbers(7, STREAMS.dropout, step, layer);
  const kept = Math.fround(1 / (1 - 0.25));
  return Array.from({ length }, (_, i) => uniform(i) >= 0.25 ? kept : 0);
}

Deno.test("batchGatherer() gives views, masks, targets and weights, whole batch after part", () => {
  const gather = gatherer({});
  for (
    const [step, rows, views] of [[3, [5, 0], [1, 0]], [4, [1, 2, 3, 4], [
      0,
      1,
      1,
      0,
    ]], [5, [0], [1]]] as const
  ) {
    const batch = {
      rows: Int32Array.from(rows),
      views: Uint8Array.from(views),
    };
    const labels = rows.map((row) => SOURCE.labels[row]!);
    const mask = maskOf(rows.length * 5, step, 0);
    const plain = rows.flatMap((
      row,
      i,
    ) => [...readView(SOURCE, row, views[i]!)]);
    assertEquals(gather(batch, step), {
      inputs: Float32Array.from(plain, (x, i) => x * mask[i]!),
      mask: Float32Array.from(maskOf(rows.length * 3, step, 1)),
      targets: Float32Array.from(
        labels.flatMap((label) => label === 0 ? [0.75, 0.25] : [0.25, 0.75]),
      ),
      weights: Float32Array.from(labels, (label) => label === 0 ? 1.5 : 0.75),
      labels: Int32Array.from(labels),
    });
  }
});

Deno.test("batchGatherer() drops nothing, and makes no mask, when there is no dropout", () => {
  const batch = { rows: Int32Array.of(2), views: Uint8Array.of(0) };
  const { inputs, mask } = gatherer({ dropout: 0 })(batch, 0);
  assertEquals([inputs, mask], [readView(SOURCE, 2, 0), undefined]);
});

Deno.test("batchGatherer() makes no mask when there is no hidden layer", () => {
  const batch = { rows: Int32Array.of(2), views: Uint8Array.of(0) };
  assertEquals(gatherer({}, 0)(batch, 0).mask, undefined);
});

Deno.test("classWeights() equals scikit-learn when balanced", async () => {
  const { tensors } = await readGolden("head_training.safetensors");
  const labels = toInt32(tensors.get("balanced/labels")!, "labels");
  const expected = toFloat32(tensors.get("balanced/weights")!, "weights");
  assertAllClose(classWeights(labels, 4, "balanced"), expected, { rtol: 1e-7 });
});

Deno.test("classWeights() are 1 when there is no rule", () => {
  assertEquals(
    classWeights(Int32Array.of(0, 0, 1), 2, "none"),
    Float32Array.of(1, 1),
  );
});

/** The mask of a length. */
function dropoutMask(
  length: number,
  rate: number,
  key: number[],
): Float32Array {
  const memory = new KernelMemory(DROPOUT_KERNEL, [length]);
  const values = memory.take(length).fill(1);
  runDropout(memory, values, { rate, key });
  return values;
}

Deno.test.each([[0.1, 1003], [0.5, 64], [0.8, 1], [0.25, 4097]])(
  "runDropout() keeps what has a uniform number of at least %s, of %s numbers",
  (rate, length) => {
    const key = [2 ** 32 - 1, 4, length, 1];
    const memory = new KernelMemory(DROPOUT_KERNEL, [5, length, 5]);
    memory.take(5);
    const values = memory.take(length);
    const own = Float32Array.from(values, (_, i) => i - 2.5);
    values.set(own);
    runDropout(memory, values, { rate, key });
    const uniform = uniformNumbers(...key);
    const kept = Math.fround(1 / (1 - rate));
    assertEquals(
      values,
      own.map((x, i) => x * (uniform(i) >= rate ? kept : 0)),
    );
    assertEquals(memory.take(5), new Float32Array(5));
  },
);

Deno.test.each([0.1, 0.5, 0.8])(
  "runDropout() drops a share of %s and scales the rest",
  (rate) => {
    const length = 100_000;
    const mask = dropoutMask(length, rate, [1, 4, 2, 0]);
    const kept = Math.fround(1 / (1 - rate));
    assertEquals(mask.every((x) => x === 0 || x === kept), true);
    const dropped = mask.filter((x) => x === 0).length;
    // Four standard errors of a coin of that bias.
    const error = Math.sqrt(length * rate * (1 - rate));
    assertLess(Math.abs(dropped - length * rate), 4 * error);
  },
);

Deno.test("runDropout() keeps everything when the rate is 0", () => {
  assertEquals(dropoutMask(4, 0, [1, 2, 0]), Float32Array.of(1, 1, 1, 1));
});

Deno.test("runDropout() keeps next to nothing when the rate is next to 1", () => {
  assertEquals(dropoutMask(1000, 1 - 2 ** -52, [1]), new Float32Array(1000));
});

Deno.test("runDropout() drops by the key", () => {
  const mask = dropoutMask(64, 0.5, [1, 4, 2, 0]);
  assertEquals(dropoutMask(64, 0.5, [1, 4, 2, 0]), mask);
  for (const key of [[2, 4, 2, 0], [1, 4, 3, 0], [1, 4, 2, 1]]) {
    assertNotEquals(dropoutMask(64, 0.5, key), mask);
  }
});
