/**
 * The head on a device: forward, backward and Adam, written out.
 *
 * tfjs' own gradients multiply by transposed matrices, which misses the fast
 * path of the wasm backend by a factor of 35; here every transpose is explicit.
 * Its seeded dropout repeats one mask; here masks come from the caller.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import { type HeadParameters, type HeadShape, headTensors } from "./model.ts";

/** Adam's constants, as Keras has them. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/** A batch, ready for the device. */
export interface StepInput {
  /** Embeddings, the first dropout applied, F32 `[n, D]`. */
  inputs: Float32Array;
  /** Mask of the hidden layer: 0 or `1 / (1 - rate)`, F32 `[n, H]`; absent for none. */
  mask?: Float32Array | undefined;
  /** Target distribution, F32 `[n, C]`. */
  targets: Float32Array;
  /** Weight of each sample, F32 `[n]`. */
  weights: Float32Array;
  /** Labels, I32 `[n]`. */
  labels: Int32Array;
}

/** Numbers of an epoch, summed on the device. */
export interface EpochSums {
  /** Sum of the samples' losses. */
  loss: number;
  /** Number of right predictions. */
  correct: number;
}

/** Product with the first matrix transposed, by way of an explicit transpose. */
function transposedMatMul(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  return tf.matMul(tf.transpose(a), b);
}

/** The head's parameters and moments on the device. */
export class HeadNetwork {
  readonly #shape: HeadShape;
  readonly #names: string[];
  #parameters: tf.Tensor[];
  #m: tf.Tensor[];
  #v: tf.Tensor[];
  #loss: tf.Scalar = tf.scalar(0);
  #correct: tf.Scalar = tf.scalar(0);

  /**
   * Uploads a head.
   *
   * @param shape Shape of the head.
   * @param state Parameters, and Adam's two moments; moments are 0 if not given.
   */
  constructor(
    shape: HeadShape,
    state: {
      parameters: HeadParameters;
      m?: HeadParameters;
      v?: HeadParameters;
    },
  ) {
    this.#shape = shape;
    const tensors = headTensors(shape);
    this.#names = tensors.map(({ name }) => name);
    const upload = (values: HeadParameters | undefined) =>
      tensors.map(({ name, shape }) =>
        values ? tf.tensor(values[name]!.slice(), shape) : tf.zeros(shape)
      );
    this.#parameters = upload(state.parameters);
    this.#m = upload(state.m);
    this.#v = upload(state.v);
  }

  /** Activations of the hidden layer, before dropout; the inputs if there is none. */
  #hidden(inputs: tf.Tensor2D): tf.Tensor2D {
    if (this.#shape.hidden === 0) return inputs;
    const [kernel, bias] = this.#parameters as [tf.Tensor2D, tf.Tensor1D];
    const sum = tf.add(tf.matMul(inputs, kernel), bias) as tf.Tensor2D;
    return this.#shape.activation === "relu" ? tf.relu(sum) : sum;
  }

  /** Logits from the last layer's input. */
  #logits(last: tf.Tensor2D): tf.Tensor2D {
    const [kernel, bias] = this.#parameters.slice(-2) as [
      tf.Tensor2D,
      tf.Tensor1D,
    ];
    return tf.add(tf.matMul(last, kernel), bias);
  }

  /**
   * Computes logits in evaluation mode.
   *
   * @param inputs Embeddings, F32 `[n, D]`.
   * @returns F32 `[n, C]`.
   */
  async predict(inputs: Float32Array): Promise<Float32Array> {
    const { inputs: size } = this.#shape;
    const logits = tf.tidy(() =>
      this.#logits(
        this.#hidden(tf.tensor2d(inputs, [inputs.length / size, size])),
      )
    );
    const values = await logits.data() as Float32Array;
    logits.dispose();
    return values;
  }

  /** Gradients of the mean loss, in the order of the parameters; adds to the epoch's sums. */
  #gradients(input: StepInput): tf.Tensor[] {
    const { inputs: size, hidden, classes, activation } = this.#shape;
    const n = input.labels.length;
    const x = tf.tensor2d(input.inputs, [n, size]);
    const h = this.#hidden(x);
    const mask = input.mask && hidden > 0
      ? tf.tensor2d(input.mask, [n, hidden])
      : undefined;
    const last = mask ? tf.mul(h, mask) as tf.Tensor2D : h;
    const z = this.#logits(last);
    const targets = tf.tensor2d(input.targets, [n, classes]);
    const weights = tf.tensor2d(input.weights, [n, 1]);
    const logP = tf.logSoftmax(z);
    const losses = tf.neg(
      tf.mul(tf.sum(tf.mul(targets, logP), 1, true), weights),
    );
    const right = tf.equal(tf.argMax(z, 1), tf.tensor1d(input.labels, "int32"));
    const add = (a: tf.Scalar, b: tf.Tensor) =>
      tf.keep(tf.add(a, tf.sum(b))) as tf.Scalar;
    const sums = [
      add(this.#loss, losses),
      add(this.#correct, tf.cast(right, "float32")),
    ] as const;
    tf.dispose([this.#loss, this.#correct]);
    [this.#loss, this.#correct] = sums;
    const scale = tf.div(weights, n);
    const dZ = tf.mul(tf.sub(tf.exp(logP), targets), scale) as tf.Tensor2D;
    const lastGradients = [transposedMatMul(last, dZ), tf.sum(dZ, 0)];
    if (hidden === 0) return lastGradients;
    const kernel = this.#parameters[2] as tf.Tensor2D;
    let dH = tf.matMul(dZ, tf.transpose(kernel)) as tf.Tensor2D;
    if (mask) dH = tf.mul(dH, mask);
    if (activation === "relu") dH = tf.mul(dH, tf.step(h));
    return [transposedMatMul(x, dH), tf.sum(dH, 0), ...lastGradients];
  }

  /**
   * Computes gradients without changing anything but the epoch's sums.
   *
   * @param input The batch.
   * @returns Gradients of the mean loss by name of the parameter.
   */
  async gradients(input: StepInput): Promise<HeadParameters> {
    const tensors = tf.tidy(() => this.#gradients(input));
    const values = await Promise.all(tensors.map((tensor) => tensor.data()));
    tf.dispose(tensors);
    return Object.fromEntries(
      this.#names.map((name, i) => [name, values[i] as Float32Array]),
    );
  }

  /**
   * Trains on one batch with Adam, in Keras' form: the epsilon is added to the
   * uncorrected root.
   *
   * Source: Kingma and Ba 2014, end of section 2, https://arxiv.org/abs/1412.6980;
   * decoupled weight decay by Loshchilov and Hutter 2017, of kernels only.
   *
   * @param input The batch.
   * @param options Number of this step, from 1; learning rate; weight decay.
   */
  step(
    input: StepInput,
    options: { t: number; learningRate: number; weightDecay: number },
  ): void {
    const { t, learningRate, weightDecay } = options;
    const { beta1, beta2, epsilon } = ADAM;
    const alpha = learningRate * Math.sqrt(1 - beta2 ** t) / (1 - beta1 ** t);
    const updated = tf.tidy(() =>
      this.#gradients(input).map((g, i) => {
        const m = tf.add(tf.mul(this.#m[i]!, beta1), tf.mul(g, 1 - beta1));
        const v = tf.add(
          tf.mul(this.#v[i]!, beta2),
          tf.mul(tf.square(g), 1 - beta2),
        );
        const old = this.#parameters[i]!;
        const decays = weightDecay > 0 && old.rank === 2;
        const w = decays ? tf.mul(old, 1 - learningRate * weightDecay) : old;
        const move = tf.div(tf.mul(m, alpha), tf.add(tf.sqrt(v), epsilon));
        return [tf.sub(w, move), m, v] as const;
      }) as unknown as tf.Tensor[][]
    );
    tf.dispose([this.#parameters, this.#m, this.#v]);
    this.#parameters = updated.map(([w]) => w!);
    this.#m = updated.map(([, m]) => m!);
    this.#v = updated.map(([, , v]) => v!);
  }

  /**
   * Reads the sums of the epoch and starts the next at 0.
   *
   * @returns The sums.
   */
  async takeSums(): Promise<EpochSums> {
    const [loss, correct] = await Promise.all([
      this.#loss.data(),
      this.#correct.data(),
    ]);
    tf.dispose([this.#loss, this.#correct]);
    [this.#loss, this.#correct] = [tf.scalar(0), tf.scalar(0)];
    return { loss: loss[0]!, correct: correct[0]! };
  }

  /**
   * Reads parameters and moments back.
   *
   * @returns Copies, by name.
   */
  async read(): Promise<Record<"parameters" | "m" | "v", HeadParameters>> {
    const read = async (tensors: tf.Tensor[]) => {
      const values = await Promise.all(tensors.map((tensor) => tensor.data()));
      return Object.fromEntries(
        this.#names.map((
          name,
          i,
        ) => [name, (values[i] as Float32Array).slice()]),
      );
    };
    return {
      parameters: await read(this.#parameters),
      m: await read(this.#m),
      v: await read(this.#v),
    };
  }

  /** Frees everything on the device. */
  dispose(): void {
    tf.dispose([this.#parameters, this.#m, this.#v, this.#loss, this.#correct]);
  }
}
