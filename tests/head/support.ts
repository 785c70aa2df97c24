/**
 * Heads and batches for the tests of `head/`.
 *
 * @module
 */

import type { SafetensorsFile } from "../../pipeline/artifact/safetensors.ts";
import { toFloat32, toInt32 } from "../../pipeline/artifact/tensor.ts";
import {
  type HeadParameters,
  type HeadShape,
  headTensors,
} from "../../pipeline/head/model.ts";
import type { StepInput } from "../../pipeline/head/network.ts";
import { readGolden } from "../support/fixtures.ts";

/** Numbers of PyTorch. */
const TENSORS: SafetensorsFile["tensors"] =
  (await readGolden("head_training.safetensors")).tensors;

/** What a golden case turns on; the numbers are those of `make_head_training.py`. */
export interface GoldenOptions {
  /** Name of the case. */
  name: string;
  /** Units of the hidden layer. */
  hidden: number;
  /** Activation of the hidden layer. */
  activation: HeadShape["activation"];
  /** Label smoothing. */
  smoothing: number;
  /** Weights of the classes. */
  weights: number[];
  /** Weight decay. */
  weightDecay: number;
}

/** A case where nothing is turned on. */
const PLAIN: GoldenOptions = {
  name: "linear",
  hidden: 7,
  activation: "linear",
  smoothing: 0,
  weights: [1, 1, 1, 1],
  weightDecay: 0,
};

/** Weights of the classes where a case has them. */
const WEIGHTS = [0.5, 2, 1.25, 0.75];

/** The golden cases. */
export const GOLDEN: GoldenOptions[] = [
  PLAIN,
  { ...PLAIN, name: "relu", activation: "relu" },
  { ...PLAIN, name: "single", hidden: 0 },
  { ...PLAIN, name: "smoothing", smoothing: 0.1 },
  { ...PLAIN, name: "weights", weights: WEIGHTS },
  { ...PLAIN, name: "decay", weightDecay: 0.5 },
  {
    name: "all",
    hidden: 7,
    activation: "relu",
    smoothing: 0.2,
    weights: WEIGHTS,
    weightDecay: 0.1,
  },
];

/** Shape of the head of a case. */
export function goldenShape({ hidden, activation }: GoldenOptions): HeadShape {
  return { inputs: 12, hidden, classes: 4, activation };
}

/** Reads a float tensor. */
export function golden(name: string): Float32Array {
  return toFloat32(TENSORS.get(name)!, name);
}

/** Reads an integer tensor. */
export function goldenIntegers(name: string): Int32Array {
  return toInt32(TENSORS.get(name)!, name);
}

/** Reads a tensor for each parameter of a case. */
export function goldenParameters(
  options: GoldenOptions,
  kind: "initial" | "gradient" | "value" | "m" | "v",
): HeadParameters {
  const names = headTensors(goldenShape(options)).map(({ name }) => name);
  return Object.fromEntries(
    names.map((name) => [name, golden(`${options.name}/${kind}/${name}`)]),
  );
}

/** The embeddings of a golden step before dropout, F32 `[6, 12]`. */
export function goldenInputs(step: number): Float32Array {
  return golden("inputs").subarray(step * 72, (step + 1) * 72);
}

/** Makes the batch of a golden step. */
export function goldenBatch(step: number, options: GoldenOptions): StepInput {
  const { hidden, smoothing } = options;
  const labels = goldenIntegers("labels").slice(step * 6, (step + 1) * 6);
  const mask0 = golden("mask0").subarray(step * 72, (step + 1) * 72);
  const mask1 = golden("mask1").slice(step * 42, (step + 1) * 42);
  const targets = new Float32Array(24).fill(smoothing / 4);
  labels.forEach((label, i) => targets[i * 4 + label]! += 1 - smoothing);
  return {
    inputs: goldenInputs(step).map((x, i) => x * mask0[i]!),
    mask: hidden > 0 ? mask1 : undefined,
    targets,
    weights: Float32Array.from(labels, (label) => options.weights[label]!),
    labels,
  };
}
