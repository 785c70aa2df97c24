/** Where a photo speaks for a class. */

import { activationMap, type MapHead } from "../evidence/activation_map.ts";
import type { ClassMap } from "../report/heatmap.ts";

/** A photo as the backbone saw it, and where it speaks for a class. */
export interface Heat {
  /** U8 `[side, side, 3]`, RGB. */
  pixels: Uint8Array;
  /** Side of the square, in pixels. */
  side: number;
  /** How much each place speaks for the class. */
  map: ClassMap;
}

/**
 * Says where a photo speaks for a class.
 *
 * @param pixels The photo as the backbone saw it, U8 `[side, side, 3]`.
 * @param options The head, the feature map F32 `[H, H, D]` of the photo, and the class.
 */
export function heatOf(
  pixels: Uint8Array,
  options: { head: MapHead; features: Float32Array; label: number },
): Heat {
  const { head, features, label } = options;
  const values = activationMap(head, features, label);
  const places = Math.sqrt(values.length);
  const map = { values, height: places, width: places };
  return { pixels, side: Math.sqrt(pixels.length / 3), map };
}
