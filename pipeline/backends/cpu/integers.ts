/**
 * The self-test of integers: a convolution at the ends of 8 bits, whose results are known.
 *
 * A CPU without instructions for products of 8 bits may add pairs of them in 16
 * bits, and cut off what does not fit. Embeddings then look plausible and are wrong.
 */

import { BackendUnavailableError } from "../../errors.ts";
import { OnnxBuilder } from "../../onnx/builder.ts";
import { type Integers, loadModel, type OnnxRuntime } from "./runtime.ts";

/** Channels that go in; each output adds this many products. */
const IN = 64;

/** Channels that go out. */
const OUT = 32;

/** Side of the image, in pixels. */
const SIDE = 4;

/** A power of two, by which the sum of all products fits 8 bits; products with it are exact. */
const SCALE = 2 ** -14;

/** Largest level of a weight. */
const MAX_WEIGHT = 127;

/** Weights, I8 `[OUT, IN]`: as large as can be, more of them positive from channel to channel. */
function makeWeights(): Int8Array {
  return Int8Array.from({ length: OUT * IN }, (_, i) => {
    const [channel, input] = [Math.floor(i / IN), i % IN];
    return input <= IN / 2 + channel ? MAX_WEIGHT : -MAX_WEIGHT;
  });
}

/** Encodes the model: `levels` U8 `[1, IN, SIDE, SIDE]` to `sums` U8 `[1, OUT, SIDE, SIDE]`. */
function encodeModel(weights: Int8Array): Uint8Array {
  const builder = new OnnxBuilder();
  const byOne = [
    builder.constant("one", Float32Array.of(1), []),
    builder.constant("zero", Uint8Array.of(0), []),
  ];
  const kernel = [
    builder.constant("weight", weights, [OUT, IN, 1, 1]),
    builder.constant("scales", new Float32Array(OUT).fill(SCALE), [OUT]),
    builder.constant("zeros", new Int8Array(OUT), [OUT]),
  ];
  const inputs = ["levels", ...byOne, ...kernel, ...byOne];
  builder.node("QLinearConv", inputs, "sums");
  return builder.encode(
    [{ name: "levels", dtype: "U8", shape: [1, IN, SIDE, SIDE] }],
    [{ name: "sums", dtype: "U8", shape: [1, OUT, SIDE, SIDE] }],
  );
}

/** Computes the sums for an image whose levels are all the largest. */
function expectedSums(weights: Int8Array): Uint8Array {
  const area = SIDE ** 2;
  return Uint8Array.from({ length: OUT * area }, (_, i) => {
    const start = Math.floor(i / area) * IN;
    const row = weights.subarray(start, start + IN);
    const sum = row.reduce((total, weight) => total + weight * 255, 0);
    return Math.min(255, Math.max(0, Math.round(sum * SCALE)));
  });
}

/** Runs the convolution, and returns how it is wrong, if it is. */
async function findFault(
  runtime: OnnxRuntime,
  integers: Integers,
): Promise<string | undefined> {
  const weights = makeWeights();
  const model = encodeModel(weights);
  const session = await loadModel(runtime, model, { integers });
  const full = new Uint8Array(IN * SIDE ** 2).fill(255);
  const levels = new runtime.Tensor("uint8", full, [1, IN, SIDE, SIDE]);
  const { sums } = await session.run({ levels });
  await session.release();
  const actual = sums!.data as Uint8Array;
  const expected = expectedSums(weights);
  const wrong = expected.findIndex((sum, i) => actual[i] !== sum);
  return wrong < 0
    ? undefined
    : `sum ${wrong} is ${actual[wrong]}, not ${expected[wrong]}`;
}

/**
 * Finds the fastest way in which this CPU adds products of 8 bits exactly.
 *
 * @returns The way; every one gives the same embeddings.
 * @throws {BackendUnavailableError} If it adds them exactly in none.
 */
export async function chooseIntegers(runtime: OnnxRuntime): Promise<Integers> {
  if (await findFault(runtime, "fast") === undefined) return "fast";
  const fault = await findFault(runtime, "exact");
  if (fault === undefined) return "exact";
  throw new BackendUnavailableError(
    "cpu",
    `its self-test of integers must add products of 8 bits exactly: ${fault}; use --precision float32`,
  );
}
