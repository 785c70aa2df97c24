/**
 * Heads and products on `wasm`: tfjs in this thread, with the kernel of Adam.
 */

import * as tf from "@tensorflow/tfjs";
import type { Compute } from "../backend.ts";
import { KernelParameter, type SlotStart } from "../device_head.ts";
import { openTfjsCompute } from "../tfjs/compute.ts";
import type { Slot } from "../tfjs/head.ts";
import { startWasm } from "./device.ts";
import { ADAM_KERNEL, type AdamOptions } from "../../head/adam.ts";
import { KernelMemory } from "../../head/kernel_memory.ts";

/** Opens tfjs in this thread; see `Backend.openCompute`. */
export async function openCompute(): Promise<Compute> {
  return await openTfjsCompute(await startWasm(), KernelSlot);
}

/** The parameter on the backend, and its moments in the memory of the kernel. */
export class KernelSlot extends KernelParameter implements Slot {
  readonly #shape: number[];
  #value: tf.Tensor;

  /** Uploads the parameter. */
  constructor(start: SlotStart, shape: number[]) {
    const { value: { length } } = start;
    super(new KernelMemory(ADAM_KERNEL, Array(4).fill(length)), start);
    this.#shape = shape;
    this.#value = tf.tensor(this.arrays.value, shape);
  }

  get value(): tf.Tensor {
    return this.#value;
  }

  async step(gradient: tf.Tensor, options: AdamOptions): Promise<void> {
    this.arrays.gradient.set(await gradient.data());
    this.move(options);
    this.#value.dispose();
    this.#value = tf.tensor(this.arrays.value, this.#shape);
  }

  dispose(): void {
    this.#value.dispose();
  }
}
