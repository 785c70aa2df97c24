/** The pictures of an activation map. */

import type { Heat } from "../classify/heat.ts";
import { drawHeatmaps } from "../report/heatmap.ts";
import { toDataUrl } from "../report/page/photo.ts";

/** Pictures, as `data:` URLs. */
export interface HeatPictures {
  /** The square that the backbone saw. */
  photo: string;
  /** What to lay over it. */
  map: string;
}

/**
 * Draws an activation map and the photo that it belongs to.
 *
 * @param heat The map and the pixels.
 */
export async function drawHeatPictures(heat: Heat): Promise<HeatPictures> {
  const { pixels, side, map } = heat;
  const { default: codec } = await import("imagescript/png/node.js");
  const size = { width: side, height: side };
  const options = { ...size, channels: 3, level: 3 } as const;
  const photo = await codec.encode(pixels, options);
  const [drawn] = await drawHeatmaps([map]);
  return { photo: toDataUrl(photo, "png"), map: toDataUrl(drawn!, "png") };
}
