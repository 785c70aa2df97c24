/**
 * What a model file is in the runtime that it is for.
 *
 * @module
 */

/** A model file in its runtime. */
export interface ModelFile {
  /** Name and version of the runtime. */
  readonly runtime: string;
  /**
   * Runs a batch.
   *
   * @param data The input of the model.
   * @param shape Its shape.
   * @returns The probabilities, F32 `[n, C]`.
   */
  run(data: Uint8Array | Float32Array, shape: number[]): Promise<Float32Array>;
  /** Frees the model. */
  close(): Promise<void>;
}
