/**
 * EXIF blocks, which are small TIFF files: the orientation of a photo.
 *
 * Source: Exif 2.32, section 4.5; TIFF 6.0, section 2.
 */

const ORIENTATION_TAG = 0x0112;

/**
 * Reads the orientation.
 *
 * A damaged block does not make a photo unusable: it counts as upright, as Pillow
 * treats it.
 *
 * @param tiff The block, from its byte order on.
 * @returns EXIF orientation, 1 to 8; 1 is upright.
 */
export function readExifOrientation(tiff: Uint8Array): number {
  if (tiff.length < 8) return 1;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  if (directory + 2 > tiff.length) return 1;
  const count = view.getUint16(directory, little);
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > tiff.length) return 1;
    if (view.getUint16(entry, little) !== ORIENTATION_TAG) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
