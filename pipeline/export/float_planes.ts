/** Pixels as planes of floats. */

/**
 * Turns pixels U8 `[n, S, S, 3]` into F32 `[n, 3, S, S]`, of the same numbers.
 *
 * @param images The pixels.
 * @param side Side S of an image.
 */
export function toPlanes(images: Uint8Array, side: number): Float32Array {
  const area = side ** 2;
  return Float32Array.from(images, (_, i) => {
    const image = Math.floor(i / (area * 3));
    const channel = Math.floor(i / area) % 3;
    return images[(image * area + i % area) * 3 + channel]!;
  });
}
