/** What the formats `tfjs` and `keras` answer: both are LayersModels. */

import { type LayersParts, openLayersModel } from "../backends/open_model.ts";
import type { ExportAnswers, ExportFacts } from "./format.ts";

/** Opens a LayersModel whose input is the square of a photo. */
export async function openLayers(
  parts: LayersParts,
  { preprocessing }: ExportFacts,
): Promise<ExportAnswers> {
  const { imageSize: side } = preprocessing.geometry;
  const model = await openLayersModel(parts);
  return {
    runtime: model.runtime,
    classify: (images, count) => model.run(images, [count, side, side, 3]),
    close: model.close,
  };
}
