/**
 * The head on the current tfjs backend: forward and backward, and Adam on parameters
 * that stay on the device.
 *
 * tfjs' own gradients are not used: they are slow on wasm (see `layers.ts`).
 */

import * as tf from "@tensorflow/tfjs";
import {
  DeviceHead,
  type HeadSlot,
  type SlotNumbers,
  type SlotStart,
} from "../device_head.ts";
import {
  denseGradients,
  denseInputGradient,
  type DenseLayer,
  denseOutputs,
  softmaxLoss,
} from "./layers.ts";
import { ADAM, adamFactors, type AdamOptions } from "../../head/adam.ts";
import type { HeadShape } from "../../head/model.ts";
import type {
  EpochSums,
  HeadState,
  OpenHead,
  StepInput,
} from "../../head/network.ts";

/** The head's parameters and moments on the device. */
class TfjsHead extends DeviceHead<tf.Tensor, Slot> {
  #loss: tf.Scalar = tf.scalar(0);
  #correct: tf.Scalar = tf.scalar(0);

  constructor(Slot: SlotClass, shape: HeadShape, state: HeadState) {
    super(shape, state, (start, shape) => new Slot(start, shape));
  }

  /** A layer, from 0. */
  #layer(index: number): DenseLayer {
    const [kernel, bias] = this.slots.slice(2 * index);
    return {
      kernel: kernel!.value as tf.Tensor2D,
      bias: bias!.value as tf.Tensor1D,
    };
  }

  /** The layer that gives the logits. */
  get #last(): DenseLayer {
    return this.#layer(this.shape.hidden === 0 ? 0 : 1);
  }

  /** Activations of the hidden layer, before dropout; the inputs if there is none. */
  #hidden(inputs: tf.Tensor2D): tf.Tensor2D {
    const { hidden, activation } = this.shape;
    if (hidden === 0) return inputs;
    const sums = denseOutputs(inputs, this.#layer(0));
    return activation === "relu" ? tf.relu(sums) : sums;
  }

  #embeddings(values: Float32Array): tf.Tensor2D {
    const { inputs } = this.shape;
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
    const { hidden, activation } = this.shape;
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

  protected computeGradients(input: StepInput): Promise<tf.Tensor[]> {
    const result = tf.tidy(() => this.#forwardBackward(input));
    tf.dispose([this.#loss, this.#correct]);
    this.#loss = result.loss;
    this.#correct = result.correct;
    return Promise.resolve(result.gradients);
  }

  protected readGradient(gradient: tf.Tensor): Promise<Float32Array> {
    return readTensor(gradient);
  }

  protected freeGradient(gradient: tf.Tensor): void {
    gradient.dispose();
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

  dispose(): Promise<void> {
    for (const slot of this.slots) slot.dispose();
    tf.dispose([this.#loss, this.#correct]);
    return Promise.resolve();
  }
}

/** Prepares to upload heads to the current tfjs backend. */
export function tfjsHeads(Slot: SlotClass): OpenHead {
  return (shape, state) => new TfjsHead(Slot, shape, state);
}

/** A parameter on the device; its moments may be elsewhere. */
export interface Slot extends HeadSlot<tf.Tensor> {
  /** The parameter, until the next step. */
  readonly value: tf.Tensor;
  dispose(): void;
}

/** Makes a slot from numbers, which are handed over, and their shape. */
export type SlotClass = new (start: SlotStart, shape: number[]) => Slot;

async function readTensor(tensor: tf.Tensor): Promise<Float32Array> {
  return await tensor.data() as Float32Array;
}

/** Moments on the device as well. */
export class DeviceSlot implements Slot {
  #value: tf.Tensor;
  #m: tf.Tensor;
  #v: tf.Tensor;

  /**
   * Uploads the numbers.
   *
   * @param numbers The numbers, which are handed over.
   */
  constructor(numbers: SlotStart, shape: number[]) {
    const upload = (values: Float32Array | undefined) =>
      values ? tf.tensor(values, shape) : tf.zeros(shape);
    this.#value = upload(numbers.value);
    this.#m = upload(numbers.m);
    this.#v = upload(numbers.v);
  }

  get value(): tf.Tensor {
    return this.#value;
  }

  /**
   * Each tensor is replaced before the next is computed, so that the device
   * works on memory it has just used.
   */
  step(gradient: tf.Tensor, options: AdamOptions): Promise<void> {
    const { alpha, kept } = adamFactors(options);
    const { beta1, beta2, epsilon } = ADAM;
    this.#m = replace(
      this.#m,
      (m) => tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)),
    );
    this.#v = replace(
      this.#v,
      (v) => tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2)),
    );
    this.#value = replace(this.#value, (value) => {
      const rest = kept < 1 ? tf.mul(value, kept) : value;
      const root = tf.add(tf.sqrt(this.#v), epsilon);
      return tf.sub(rest, tf.div(tf.mul(this.#m, alpha), root));
    });
    return Promise.resolve();
  }

  async read(): Promise<SlotNumbers> {
    return {
      value: await readTensor(this.#value),
      m: await readTensor(this.#m),
      v: await readTensor(this.#v),
    };
  }

  dispose(): void {
    tf.dispose([this.#value, this.#m, this.#v]);
  }
}

/** Computes a tensor from one that it replaces. */
function replace(
  old: tf.Tensor,
  compute: (old: tf.Tensor) => tf.Tensor,
): tf.Tensor {
  const tensor = tf.tidy(() => compute(old));
  old.dispose();
  return tensor;
}
