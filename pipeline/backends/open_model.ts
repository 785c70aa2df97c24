/**
 * Opening model files in the runtimes that they are for. A runtime loads when a
 * file is opened.
 */

import { BackendUnavailableError } from "../errors.ts";
import type { LayersParts, ModelFile } from "./model_file.ts";

/**
 * Opens an ONNX model in onnxruntime.
 *
 * @param path Path of the file; its output `probabilities` is what is read.
 * @returns The model; close it.
 * @throws {BackendUnavailableError} If native code is not permitted, or there is none for this machine.
 * @throws {Error} If it is not a model that onnxruntime runs.
 */
export async function openOnnxFile(path: string): Promise<ModelFile> {
  const { permitsNativeCode } = await import("./cpu/runtime.ts");
  if (!await permitsNativeCode()) {
    throw new BackendUnavailableError(
      "cpu",
      "native code is not permitted, and a model that was not run is not exported",
    );
  }
  const { openOnnxModel } = await import("./cpu/model_file.ts");
  return await openOnnxModel(path);
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
