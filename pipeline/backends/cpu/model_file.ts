/** A whole ONNX model in onnxruntime, as another program runs it. */

import type { ModelFile } from "../model_file.ts";
import { loadOnnxRuntime } from "./runtime.ts";

/** Opens a model file; see `openOnnxFile`. */
export async function openOnnxModel(path: string): Promise<ModelFile> {
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
