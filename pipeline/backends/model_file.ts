/** What a model file is in the runtime that it is for. */

/** A model file in its runtime. */
export interface ModelFile {
  /** Name and version of the runtime. */
  readonly runtime: string;
  /**
   * Runs a batch.
   *
   * @returns The probabilities, F32 `[n, C]`.
   */
  run(data: Uint8Array | Float32Array, shape: number[]): Promise<Float32Array>;
  /** Frees the model. */
  close(): Promise<void>;
}

/** A LayersModel of tfjs, as its parts. */
export interface LayersParts {
  /** What `modelTopology` of `model.json` holds. */
  modelTopology: object;
  /** The weights, in the order of their bytes: entries of a `weightsManifest`. */
  weightSpecs: readonly {
    name: string;
    shape: number[];
    dtype: "float32";
    quantization?: { dtype: "float16"; original_dtype: "float32" };
  }[];
  /** The bytes, which may be cut anywhere. */
  weightData: ArrayBuffer[];
}
