/**
 * A parameter on the device with its moments, moved by Adam there.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import { ADAM, adamFactors, type AdamOptions } from "../../head/adam.ts";
import type { HeadSlot, SlotNumbers, SlotStart } from "../device_head.ts";

/** A parameter on the device; its moments may be elsewhere. */
export interface Slot extends HeadSlot<tf.Tensor> {
  /** The parameter, until the next step. */
  readonly value: tf.Tensor;
  dispose(): void;
}

/** Makes a slot from numbers, which are handed over, and their shape. */
export type SlotClass = new (start: SlotStart, shape: number[]) => Slot;

/** Reads a tensor. */
export async function readTensor(tensor: tf.Tensor): Promise<Float32Array> {
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
