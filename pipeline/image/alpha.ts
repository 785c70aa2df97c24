/** Pictures with alpha as RGB: on white, or as if they had none. */

/** What becomes of alpha: the picture is laid on white, or alpha is dropped as Pillow's `convert("RGB")` does. */
export type Transparency = "white" | "drop";

/** Lays a level on white as Pillow's `alpha_composite` does, in whole numbers. */
function onWhite(level: number, alpha: number): number {
  const sum = (level * alpha + 255 * (255 - alpha)) * 128 + 0x4000;
  return ((sum >> 8) + sum) >> 15;
}

/**
 * Packs the first three of every four channels.
 *
 * Source of the numbers on white: Pillow 9.4, `src/libImaging/AlphaComposite.c`.
 *
 * @param rgba U8 `[height, width, 4]`.
 * @returns U8 `[height, width, 3]`.
 */
export function flattenAlpha(
  rgba: Uint8Array | Uint8ClampedArray,
  transparency: Transparency,
): Uint8Array {
  const rgb = new Uint8Array(rgba.length / 4 * 3);
  let o = 0;
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = transparency === "white" ? rgba[i + 3]! : 255;
    for (let c = i; c < i + 3; c++) {
      rgb[o++] = alpha === 255 ? rgba[c]! : onWhite(rgba[c]!, alpha);
    }
  }
  return rgb;
}
