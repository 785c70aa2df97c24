/**
 * The head in onnxruntime, which multiplies on all cores, with Adam in a kernel
 * of its own.
 *
 * Parameters, moments and gradients lie in the memory of the kernel: onnxruntime
 * reads and writes them there.
 *
 * @module
 */

import type { InferenceSession, Tensor } from "onnxruntime-node";
import {
  ADAM_KERNEL,
  type AdamArrays,
  type AdamOptions,
  runAdam,
} from "./adam.ts";
import { sumBatch } from "./batch_sums.ts";
import { KernelMemory } from "./kernel_memory.ts";
import {
  type HeadParameters,
  type HeadShape,
  type HeadTensor,
  headTensors,
} from "./model.ts";
import type {
  EpochSums,
  HeadNetwork,
  HeadState,
  OpenHead,
  StepInput,
} from "./network.ts";
import {
  encodePrediction,
  encodeTraining,
  gradientName,
} from "./onnx_graph.ts";
import { transpose } from "../numeric/transpose.ts";

/** What is needed of the package. */
export type OnnxRuntime = Pick<
  typeof import("onnxruntime-node"),
  "InferenceSession" | "Tensor"
>;

/** A tensor of the head in the memory of the kernel, as the models take it. */
interface Slot extends AdamArrays, HeadTensor {}

/**
 * Threads that wait give up their core. A thread that spins saves nothing here,
 * and takes the core of the kernel, or of another process: with all cores busy a
 * step took 17 ms in place of 10.
 */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  extra: { session: { intra_op: { allow_spinning: "0" } } },
};

/** Copies a parameter to where it is held, kernels transposed. */
function write(to: Float32Array, values: Float32Array, shape: number[]): void {
  const [rows, columns] = shape;
  to.set(columns === undefined ? values : transpose(values, rows!, columns));
}

/** Copies a parameter from where it is held to Keras' layout. */
function copy(values: Float32Array, shape: number[]): Float32Array {
  const [rows, columns] = shape;
  return columns === undefined
    ? values.slice()
    : transpose(values, columns, rows!);
}

/** The head's parameters and moments, and the models that run on them. */
class OnnxHead implements HeadNetwork {
  readonly #runtime: OnnxRuntime;
  readonly #shape: HeadShape;
  readonly #memory: KernelMemory;
  readonly #slots: Slot[];
  readonly #parameters: Record<string, Tensor>;
  readonly #gradients: Record<string, Tensor>;
  #predicting: Promise<InferenceSession> | undefined;
  #training: Promise<InferenceSession> | undefined;
  #ones = new Float32Array(0);
  #sums: EpochSums = { loss: 0, correct: 0 };

  constructor(runtime: OnnxRuntime, shape: HeadShape, state: HeadState) {
    this.#runtime = runtime;
    this.#shape = shape;
    const tensors = headTensors(shape);
    const lengths = tensors.map(({ shape }) => shape.reduce((a, b) => a * b));
    const each = lengths.flatMap((length) => Array<number>(4).fill(length));
    this.#memory = new KernelMemory(ADAM_KERNEL, each);
    this.#slots = tensors.map((tensor, i) => {
      const take = (values?: HeadParameters) => {
        const array = this.#memory.take(lengths[i]!);
        if (values) write(array, values[tensor.name]!, tensor.shape);
        return array;
      };
      const [value, m, v] = [state.parameters, state.m, state.v].map(take);
      return { ...tensor, value: value!, m: m!, v: v!, gradient: take() };
    });
    const held = (values: Float32Array, { shape }: HeadTensor) =>
      this.#tensor(values, shape.toReversed());
    this.#parameters = Object.fromEntries(
      this.#slots.map((slot) => [slot.name, held(slot.value, slot)]),
    );
    this.#gradients = Object.fromEntries(
      this.#slots.map((slot) => [
        gradientName(slot.name),
        held(slot.gradient, slot),
      ]),
    );
  }

  /** Numbers as an input or output, without a copy. */
  #tensor(values: Float32Array, shape: readonly number[]): Tensor {
    return new this.#runtime.Tensor("float32", values, shape);
  }

  /** Loads a model. */
  #load(model: Uint8Array): Promise<InferenceSession> {
    return this.#runtime.InferenceSession.create(model, SESSION_OPTIONS);
  }

  async predict(inputs: Float32Array): Promise<Float32Array> {
    const { inputs: size } = this.#shape;
    this.#predicting ??= this.#load(encodePrediction(this.#shape));
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
    const length = labels.length * this.#shape.hidden;
    if (this.#ones.length < length) {
      this.#ones = new Float32Array(length).fill(1);
    }
    return this.#ones.subarray(0, length);
  }

  /** Computes the gradients where they are held; adds to the epoch's sums. */
  async #computeGradients(input: StepInput): Promise<void> {
    const { inputs: size, hidden, classes } = this.#shape;
    const { inputs, targets, weights } = input;
    const n = weights.length;
    const scale = weights.map((weight) => weight / n);
    this.#training ??= this.#load(encodeTraining(this.#shape));
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
  }

  /** Reads tensors by name. */
  #read(kind: keyof AdamArrays): HeadParameters {
    return Object.fromEntries(
      this.#slots.map((slot) => [slot.name, copy(slot[kind], slot.shape)]),
    );
  }

  async gradients(input: StepInput): Promise<HeadParameters> {
    await this.#computeGradients(input);
    return this.#read("gradient");
  }

  async step(input: StepInput, options: AdamOptions): Promise<void> {
    await this.#computeGradients(input);
    for (const slot of this.#slots) {
      const weightDecay = slot.shape.length === 2 ? options.weightDecay : 0;
      runAdam(this.#memory, slot, { ...options, weightDecay });
    }
  }

  takeSums(): Promise<EpochSums> {
    const sums = this.#sums;
    this.#sums = { loss: 0, correct: 0 };
    return Promise.resolve(sums);
  }

  read(): Promise<Required<HeadState>> {
    return Promise.resolve({
      parameters: this.#read("value"),
      m: this.#read("m"),
      v: this.#read("v"),
    });
  }

  async dispose(): Promise<void> {
    for (const session of [this.#predicting, this.#training]) {
      await (await session)?.release();
    }
  }
}

/**
 * Prepares to open heads in onnxruntime.
 *
 * @param runtime The package `onnxruntime-node`.
 * @returns Opens a head.
 */
export function onnxHeads(runtime: OnnxRuntime): OpenHead {
  return (shape, state) => new OnnxHead(runtime, shape, state);
}
