/**
 * The head of a run, read back from the LayersModel that it was exported in.
 *
 * @module
 */

import type { LayersModel } from "@tensorflow/tfjs";
import type { MapHead } from "../pipeline/evidence/activation_map.ts";

/**
 * Reads the head of a model.
 *
 * @param model The model; its dense layers are the head.
 * @returns What activation maps are computed with.
 */
export async function readHead(model: LayersModel): Promise<MapHead> {
  const dense = model.layers.filter((layer) =>
    layer.getClassName() === "Dense"
  );
  const parameters: MapHead["parameters"] = {};
  for (const [i, layer] of dense.entries()) {
    const [kernel, bias] = layer.getWeights();
    const name = `dense${i + 1}`;
    parameters[`${name}.kernel`] = await kernel!.data() as Float32Array;
    parameters[`${name}.bias`] = await bias!.data() as Float32Array;
  }
  const [inputs, units] = dense[0]!.getWeights()[0]!.shape as [number, number];
  const classes = dense.at(-1)!.getWeights()[1]!.shape[0]!;
  const { activation } = dense[0]!.getConfig();
  return {
    shape: {
      inputs,
      hidden: dense.length === 1 ? 0 : units,
      classes,
      activation: activation === "relu" ? "relu" : "linear",
    },
    parameters,
  };
}
