/**
 * The head in onnxruntime, which multiplies on all cores; Adam runs in its own
 * WebAssembly kernel.
 *
 * Parameters, moments and gradients lie in the memory of the kernel: onnxruntime
 * reads and writes them there.
 */

import type { InferenceSession, Tensor } from "onnxruntime-node";
import { loadModel, type OnnxRuntime } from "./runtime.ts";
import {
  DeviceHead,
  type HeadSlot,
  KernelParameter,
  type SlotStart,
} from "../device_head.ts";
import {
  ADAM_KERNEL,
  type AdamArrays,
  type AdamOptions,
} from "../../head/adam.ts";
import { KernelMemory } from "../../head/kernel_memory.ts";
import { type HeadShape, headTensors } from "../../head/model.ts";
import type {
  BatchTargets,
  EpochSums,
  HeadState,
  OpenHead,
  StepInput,
} from "../../head/network.ts";
import {
  encodePrediction,
  encodeTraining,
  gradientName,
} from "../../onnx/head_graph.ts";

/** A parameter in the memory of the kernel, as the models take it. */
class OnnxSlot extends KernelParameter implements HeadSlot<Float32Array> {
  readonly shape: number[];

  constructor(memory: KernelMemory, start: SlotStart, shape: number[]) {
    super(memory, start);
    this.shape = shape;
  }

  step(_: Float32Array, options: AdamOptions): Promise<void> {
    this.move(options);
    return Promise.resolve();
  }
}

function reserve(shape: HeadShape): KernelMemory {
  const lengths = headTensors(shape).flatMap(({ shape }) =>
    Array<number>(4).fill(shape.reduce((a, b) => a * b))
  );
  return new KernelMemory(ADAM_KERNEL, lengths);
}

/** The head's parameters and moments, and the models that run on them. */
class OnnxHead extends DeviceHead<Float32Array, OnnxSlot> {
  readonly #runtime: OnnxRuntime;
  readonly #parameters: Record<string, Tensor>;
  readonly #gradients: Record<string, Tensor>;
  #predicting: Promise<InferenceSession> | undefined;
  #training: Promise<InferenceSession> | undefined;
  #ones = new Float32Array(0);
  #sums: EpochSums = { loss: 0, correct: 0 };

  constructor(runtime: OnnxRuntime, shape: HeadShape, state: HeadState) {
    const memory = reserve(shape);
    super(shape, state, (start, shape) => new OnnxSlot(memory, start, shape));
    this.#runtime = runtime;
    const tensors = (
      kind: keyof AdamArrays,
      rename: (name: string) => string,
    ) =>
      Object.fromEntries(this.slots.map(({ arrays, shape }, i) => [
        rename(this.tensors[i]!.name),
        this.#tensor(arrays[kind], shape),
      ]));
    this.#parameters = tensors("value", (name) => name);
    this.#gradients = tensors("gradient", gradientName);
  }

  /** Numbers as an input or output, without a copy. */
  #tensor(values: Float32Array, shape: readonly number[]): Tensor {
    return new this.#runtime.Tensor("float32", values, shape);
  }

  async predict(inputs: Float32Array): Promise<Float32Array> {
    const { inputs: size } = this.shape;
    this.#predicting ??= loadModel(this.#runtime, encodePrediction(this.shape));
    const session = await this.#predicting;
    const results = await session.run({
      ...this.#parameters,
      inputs: this.#tensor(inputs, [inputs.length / size, size]),
    });
    return results[session.outputNames[0]!]!.data as Float32Array;
  }

  /** The mask of a batch, ones if it has none. */
  #mask({ mask, labels }: StepInput): Float32Array {
    if (mask) return mask;
    const length = labels.length * this.shape.hidden;
    if (this.#ones.length < length) {
      this.#ones = new Float32Array(length).fill(1);
    }
    return this.#ones.subarray(0, length);
  }

  protected async computeGradients(input: StepInput): Promise<Float32Array[]> {
    const { inputs: size, hidden, classes } = this.shape;
    const { inputs, targets, weights } = input;
    const n = weights.length;
    const scale = weights.map((weight) => weight / n);
    this.#training ??= loadModel(this.#runtime, encodeTraining(this.shape));
    const session = await this.#training;
    const feeds = {
      ...this.#parameters,
      inputs: this.#tensor(inputs, [n, size]),
      targets: this.#tensor(targets, [n, classes]),
      scale: this.#tensor(scale, [n, 1]),
      ...hidden > 0
        ? { mask: this.#tensor(this.#mask(input), [n, hidden]) }
        : {},
    };
    const { logP } = await session.run(feeds, {
      ...this.#gradients,
      logP: null,
    });
    const { loss, correct } = sumBatch(logP!.data as Float32Array, input);
    this.#sums.loss += loss;
    this.#sums.correct += correct;
    return this.slots.map(({ arrays }) => arrays.gradient);
  }

  protected readGradient(gradient: Float32Array): Promise<Float32Array> {
    return Promise.resolve(gradient);
  }

  protected freeGradient(): void {}

  takeSums(): Promise<EpochSums> {
    const sums = this.#sums;
    this.#sums = { loss: 0, correct: 0 };
    return Promise.resolve(sums);
  }

  async dispose(): Promise<void> {
    for (const session of [this.#predicting, this.#training]) {
      await (await session)?.release();
    }
  }
}

/** Prepares to open heads in onnxruntime. */
export function onnxHeads(runtime: OnnxRuntime): OpenHead {
  return (shape, state) => new OnnxHead(runtime, shape, state);
}

/**
 * Sums over the samples of a batch, in 64 bits.
 *
 * @param logP Logarithms of the probabilities, F32 `[n, C]`.
 * @returns The sum of the weighted losses, and the number of right predictions; of equals the first is predicted.
 */
export function sumBatch(logP: Float32Array, batch: BatchTargets): EpochSums {
  const { targets, weights, labels } = batch;
  const classes = logP.length / labels.length;
  const sums = { loss: 0, correct: 0 };
  for (let n = 0; n < labels.length; n++) {
    const start = n * classes;
    let loss = 0;
    let best = start;
    for (let i = start; i < start + classes; i++) {
      loss -= targets[i]! * logP[i]!;
      if (logP[i]! > logP[best]!) best = i;
    }
    sums.loss += weights[n]! * loss;
    if (best - start === labels[n]) sums.correct++;
  }
  return sums;
}
