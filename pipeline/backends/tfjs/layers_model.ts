/** A LayersModel in plain tfjs, as another program runs it. */

import * as tf from "@tensorflow/tfjs";
import type { LayersParts, ModelFile } from "../open_model.ts";
import { startWasm } from "../wasm/device.ts";

/** Opens a LayersModel; see `openLayersModel`. */
export async function openLayers(parts: LayersParts): Promise<ModelFile> {
  const device = await startWasm();
  device.use();
  const { modelTopology, weightSpecs, weightData } = parts;
  const load = () =>
    Promise.resolve({
      modelTopology,
      weightSpecs: [...weightSpecs],
      weightData,
    });
  const model = await tf.loadLayersModel({ load });
  return {
    runtime: `tfjs ${tf.version.tfjs} on wasm`,
    async run(data, shape) {
      device.use();
      const output = tf.tidy(() =>
        model.predict(tf.tensor(data, shape)) as tf.Tensor
      );
      const rows = await output.data<"float32">();
      output.dispose();
      return rows;
    },
    async close() {
      model.dispose();
      await device.stop();
    },
  };
}
