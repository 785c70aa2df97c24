/**
 * Model files in the runtimes that they are for, as other programs run them. A
 * runtime loads when a file is opened.
 */

import { BackendUnavailableError } from "../errors.ts";

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

/**
 * Opens an ONNX model in onnxruntime.
 *
 * @param path Path of the file; its output `probabilities` is what is read.
 * @returns The model; close it.
 * @throws {BackendUnavailableError} If native code is not permitted, or there is none for this machine.
 * @throws {Error} If it is not a model that onnxruntime runs.
 */
export async function openOnnxFile(path: string): Promise<ModelFile> {
  const { loadOnnxRuntime, permitsNativeCode } = await import(
    "./cpu/runtime.ts"
  );
  if (!await permitsNativeCode()) {
    throw new BackendUnavailableError(
      "cpu",
      "native code is not permitted, and a model that was not run is not exported",
    );
  }
  const { InferenceSession, Tensor, env } = await loadOnnxRuntime();
  const session = await InferenceSession.create(path);
  const [name] = session.inputNames as [string];
  return {
    runtime: `onnxruntime-node ${env.versions.node}`,
    async run(data, shape) {
      const input = data instanceof Uint8Array
        ? new Tensor("uint8", data, shape)
        : new Tensor("float32", data, shape);
      const { probabilities } = await session.run({ [name]: input });
      return probabilities!.data as Float32Array;
    },
    close: () => session.release(),
  };
}

/**
 * Opens a LayersModel in tfjs, on WebAssembly.
 *
 * @returns The model; close it.
 * @throws {BackendUnavailableError} If WebAssembly does not start.
 * @throws {Error} If it is not a model that tfjs runs.
 */
export async function openLayersModel(parts: LayersParts): Promise<ModelFile> {
  return await (await import("./tfjs/layers_model.ts")).openLayers(parts);
}
