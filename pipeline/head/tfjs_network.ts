/**
 * The head on the current tfjs backend: forward, backward and Adam, written out.
 *
 * tfjs' own gradients are not used: they are slow on wasm (see `dense.ts`).
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import type { AdamOptions } from "./adam.ts";
import {
  denseGradients,
  denseInputGradient,
  type DenseLayer,
  denseOutputs,
} from "./dense.ts";
import { KernelSlot } from "./kernel_slot.ts";
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
import { softmaxLoss } from "./softmax_loss.ts";
import { DeviceSlot, readTensor, type Slot } from "./tfjs_slot.ts";
import { transpose } from "../numeric/transpose.ts";

/** The numbers of a parameter, a kernel transposed as `dense.ts` wants it. */
function toHeld(values: Float32Array, shape: number[]): Float32Array {
  const [rows, columns] = shape;
  return columns === undefined ? values : transpose(values, rows!, columns);
}

/** The numbers of a parameter, a kernel transposed to Keras' layout. */
function fromHeld(values: Float32Array, shape: number[]): Float32Array {
  return toHeld(values, shape.toReversed());
}

/** The head's parameters and moments on the device. */
class TfjsHead implements HeadNetwork {
  readonly #shape: HeadShape;
  readonly #tensors: HeadTensor[];
  readonly #slots: Slot[];
  #loss: tf.Scalar = tf.scalar(0);
  #correct: tf.Scalar = tf.scalar(0);

  constructor(shape: HeadShape, state: HeadState) {
    this.#shape = shape;
    this.#tensors = headTensors(shape);
    const Slot = tf.getBackend() === "wasm" ? KernelSlot : DeviceSlot;
    this.#slots = this.#tensors.map(({ name, shape }) => {
      const held = (values: HeadParameters | undefined) =>
        values && toHeld(values[name]!, shape);
      const value = held(state.parameters)!;
      const numbers = { value, m: held(state.m), v: held(state.v) };
      return new Slot(numbers, shape.toReversed());
    });
  }

  /** A layer, from 0. */
  #layer(index: number): DenseLayer {
    const [kernel, bias] = this.#slots.slice(2 * index);
    return {
      kernel: kernel!.value as tf.Tensor2D,
      bias: bias!.value as tf.Tensor1D,
    };
  }

  /** The layer that gives the logits. */
  get #last(): DenseLayer {
    return this.#layer(this.#shape.hidden === 0 ? 0 : 1);
  }

  /** Activations of the hidden layer, before dropout; the inputs if there is none. */
  #hidden(inputs: tf.Tensor2D): tf.Tensor2D {
    const { hidden, activation } = this.#shape;
    if (hidden === 0) return inputs;
    const sums = denseOutputs(inputs, this.#layer(0));
    return activation === "relu" ? tf.relu(sums) : sums;
  }

  /** Embeddings as a tensor. */
  #embeddings(values: Float32Array): tf.Tensor2D {
    const { inputs } = this.#shape;
    return tf.tensor2d(values, [values.length / inputs, inputs]);
  }

  async predict(inputs: Float32Array): Promise<Float32Array> {
    const logits = tf.tidy(() =>
      denseOutputs(this.#hidden(this.#embeddings(inputs)), this.#last)
    );
    const values = await logits.data() as Float32Array;
    logits.dispose();
    return values;
  }

  /** The epoch's sums with a batch added, and gradients in the order of the parameters. */
  #forwardBackward(input: StepInput) {
    const { hidden, activation } = this.#shape;
    const x = this.#embeddings(input.inputs);
    const h = this.#hidden(x);
    const mask = input.mask && tf.tensor2d(input.mask, [x.shape[0], hidden]);
    const last = mask ? tf.mul<tf.Tensor2D>(h, mask) : h;
    const logits = denseOutputs(last, this.#last);
    const { gradient: dZ, ...sums } = softmaxLoss(logits, input);
    const layers = [denseGradients(last, dZ)];
    if (hidden > 0) {
      let dH = denseInputGradient(dZ, this.#last);
      if (mask) dH = tf.mul(dH, mask);
      if (activation === "relu") dH = tf.mul(dH, tf.step(h));
      layers.unshift(denseGradients(x, dH));
    }
    return {
      loss: tf.add<tf.Scalar>(this.#loss, sums.loss),
      correct: tf.add<tf.Scalar>(this.#correct, sums.correct),
      gradients: layers.flatMap(({ kernel, bias }) => [kernel, bias]),
    };
  }

  /** Gradients of the mean loss, in the order of the parameters; adds to the epoch's sums. */
  #gradients(input: StepInput): tf.Tensor[] {
    const result = tf.tidy(() => this.#forwardBackward(input));
    tf.dispose([this.#loss, this.#correct]);
    this.#loss = result.loss;
    this.#correct = result.correct;
    return result.gradients;
  }

  async gradients(input: StepInput): Promise<HeadParameters> {
    const tensors = this.#gradients(input);
    const entries = this.#tensors.map(async ({ name, shape }, i) =>
      [name, fromHeld(await readTensor(tensors[i]!), shape)] as const
    );
    const gradients = Object.fromEntries(await Promise.all(entries));
    tf.dispose(tensors);
    return gradients;
  }

  async step(input: StepInput, options: AdamOptions): Promise<void> {
    for (const [i, gradient] of this.#gradients(input).entries()) {
      const weightDecay = gradient.rank === 2 ? options.weightDecay : 0;
      await this.#slots[i]!.step(gradient, { ...options, weightDecay });
      gradient.dispose();
    }
  }

  async takeSums(): Promise<EpochSums> {
    const [loss, correct] = await Promise.all([
      this.#loss.data(),
      this.#correct.data(),
    ]);
    tf.dispose([this.#loss, this.#correct]);
    [this.#loss, this.#correct] = [tf.scalar(0), tf.scalar(0)];
    return { loss: loss[0]!, correct: correct[0]! };
  }

  async read(): Promise<Required<HeadState>> {
    const state: Required<HeadState> = { parameters: {}, m: {}, v: {} };
    for (const [i, { name, shape }] of this.#tensors.entries()) {
      const { value, m, v } = await this.#slots[i]!.read();
      state.parameters[name] = fromHeld(value, shape);
      state.m[name] = fromHeld(m, shape);
      state.v[name] = fromHeld(v, shape);
    }
    return state;
  }

  dispose(): Promise<void> {
    for (const slot of this.#slots) slot.dispose();
    tf.dispose([this.#loss, this.#correct]);
    return Promise.resolve();
  }
}

/**
 * Uploads a head to the current tfjs backend.
 *
 * @param shape Shape of the head.
 * @param state Parameters, and Adam's two moments.
 * @returns The head.
 */
export const openTfjsHead: OpenHead = (shape, state) =>
  new TfjsHead(shape, state);
