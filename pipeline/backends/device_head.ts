/**
 * The part of a head that is the same on every device: names and layout of its
 * parameters, and the order of a step. Devices without an Adam of their own move
 * parameters by the kernel of `head/adam.ts`.
 *
 * Devices hold kernels transposed, `[out, in]`: the libraries pack the right-hand
 * matrix of a product first, and a kernel, which is new after every step, must
 * stand on the left.
 */

import { type AdamArrays, type AdamOptions, runAdam } from "../head/adam.ts";
import type { KernelMemory } from "../head/kernel_memory.ts";
import {
  type HeadParameters,
  type HeadShape,
  type HeadTensor,
  headTensors,
} from "../head/model.ts";
import type {
  EpochSums,
  HeadNetwork,
  HeadState,
  StepInput,
} from "../head/network.ts";
import { transpose } from "../numeric/matrices.ts";

/** A parameter and its moments, F32, all of one shape. */
export type SlotNumbers = Omit<AdamArrays, "gradient">;

/** Initial numbers of a slot; moments are 0 if not given. */
export interface SlotStart {
  value: Float32Array;
  m: Float32Array | undefined;
  v: Float32Array | undefined;
}

/** A parameter and its moments where a device holds them. */
export interface HeadSlot<Gradient> {
  /**
   * Moves the parameter against its gradient.
   *
   * @param gradient Gradient of the loss, which stays the caller's.
   */
  step(gradient: Gradient, options: AdamOptions): Promise<void>;
  /** Reads the numbers, which may change with the next step. */
  read(): Promise<SlotNumbers>;
}

/** Copies a parameter to the layout of devices: kernels transposed. */
function toDeviceLayout(
  values: Float32Array,
  [rows, columns]: number[],
): Float32Array {
  return columns === undefined
    ? values.slice()
    : transpose(values, rows!, columns);
}

/** Copies a parameter from the layout of devices. */
function fromDeviceLayout(values: Float32Array, shape: number[]): Float32Array {
  return toDeviceLayout(values, shape.toReversed());
}

/** A head whose parameters lie in slots of a device, in the order of {@linkcode headTensors}. */
export abstract class DeviceHead<Gradient, Slot extends HeadSlot<Gradient>>
  implements HeadNetwork {
  protected readonly shape: HeadShape;
  /** Its parameters, in order. */
  protected readonly tensors: readonly HeadTensor[];
  /** Their slots, in the same order. */
  protected readonly slots: readonly Slot[];

  /**
   * Hands parameters and moments to the device.
   *
   * @param makeSlot Copies the numbers of a parameter, of the given shape, to the device.
   */
  constructor(
    shape: HeadShape,
    state: HeadState,
    makeSlot: (start: SlotStart, shape: number[]) => Slot,
  ) {
    this.shape = shape;
    this.tensors = headTensors(shape);
    const { parameters, m, v } = state;
    this.slots = this.tensors.map(({ name, shape }) => {
      const held = (values: HeadParameters | undefined) =>
        values && toDeviceLayout(values[name]!, shape);
      const start = { value: held(parameters)!, m: held(m), v: held(v) };
      return makeSlot(start, shape.toReversed());
    });
  }

  abstract predict(inputs: Float32Array): Promise<Float32Array>;
  abstract takeSums(): Promise<EpochSums>;
  abstract dispose(): Promise<void>;

  /** Computes gradients of the mean loss, in order; adds to the sums of the epoch. */
  protected abstract computeGradients(input: StepInput): Promise<Gradient[]>;

  protected abstract readGradient(gradient: Gradient): Promise<Float32Array>;

  protected abstract freeGradient(gradient: Gradient): void;

  async gradients(input: StepInput): Promise<HeadParameters> {
    const gradients: HeadParameters = {};
    for (
      const [i, gradient] of (await this.computeGradients(input)).entries()
    ) {
      const { name, shape } = this.tensors[i]!;
      gradients[name] = fromDeviceLayout(
        await this.readGradient(gradient),
        shape,
      );
      this.freeGradient(gradient);
    }
    return gradients;
  }

  async step(input: StepInput, options: AdamOptions): Promise<void> {
    for (
      const [i, gradient] of (await this.computeGradients(input)).entries()
    ) {
      const isKernel = this.tensors[i]!.shape.length === 2;
      const weightDecay = isKernel ? options.weightDecay : 0;
      await this.slots[i]!.step(gradient, { ...options, weightDecay });
      this.freeGradient(gradient);
    }
  }

  async readParameters(): Promise<HeadParameters> {
    const parameters: HeadParameters = {};
    for (const [i, { name, shape }] of this.tensors.entries()) {
      const { value } = await this.slots[i]!.read();
      parameters[name] = fromDeviceLayout(value, shape);
    }
    return parameters;
  }

  async read(): Promise<Required<HeadState>> {
    const state: Required<HeadState> = { parameters: {}, m: {}, v: {} };
    for (const [i, { name, shape }] of this.tensors.entries()) {
      const { value, m, v } = await this.slots[i]!.read();
      state.parameters[name] = fromDeviceLayout(value, shape);
      state.m[name] = fromDeviceLayout(m, shape);
      state.v[name] = fromDeviceLayout(v, shape);
    }
    return state;
  }
}

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
