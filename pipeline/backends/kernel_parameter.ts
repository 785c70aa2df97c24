/**
 * A parameter of a head in the memory of the kernel of Adam.
 *
 * @module
 */

import { type AdamArrays, type AdamOptions, runAdam } from "../head/adam.ts";
import type { KernelMemory } from "../head/kernel_memory.ts";
import type { SlotNumbers, SlotStart } from "./device_head.ts";

/** The parameter, its moments and its gradient. */
export class KernelParameter {
  readonly arrays: AdamArrays;
  readonly #memory: KernelMemory;

  constructor(memory: KernelMemory, { value, m, v }: SlotStart) {
    const take = (values?: Float32Array) => {
      const array = memory.take(value.length);
      if (values) array.set(values);
      return array;
    };
    this.arrays = {
      value: take(value),
      m: take(m),
      v: take(v),
      gradient: take(),
    };
    this.#memory = memory;
  }

  /** Moves the parameter against the gradient that lies there. */
  protected move(options: AdamOptions): void {
    runAdam(this.#memory, this.arrays, options);
  }

  read(): Promise<SlotNumbers> {
    const { value, m, v } = this.arrays;
    return Promise.resolve({ value, m, v });
  }
}
