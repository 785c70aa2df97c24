/**
 * Lines of Python that make the square of a photo, for the examples of model cards.
 */

import type { CropRule } from "../image/crop.ts";
import type { Geometry, Interpolation } from "../image/preprocessing.ts";

/** Filters by their name in Pillow; that of TensorFlow 1 has none, and the next one is near it. */
const FILTERS: Readonly<Record<Interpolation, string>> = {
  nearest: "NEAREST",
  bilinear: "BILINEAR",
  bicubic: "BICUBIC",
  "bilinear-tf1": "BILINEAR",
};

/** How a rule makes a side of the resized photo whole, in Python. */
function wholeSide(crop: CropRule | undefined, shortSide: number): string {
  const side = `${shortSide} * side / short`;
  return crop === undefined || crop === "tf-slim"
    ? `round(${side})`
    : `int(${side})`;
}

/** How a rule makes an offset of the crop whole, in Python. */
function wholeOffset(crop: CropRule | undefined, imageSize: number): string {
  const margin = `(side - ${imageSize})`;
  return crop === "torchvision" || crop === "timm"
    ? `round(${margin} / 2)`
    : `${margin} // 2`;
}

/**
 * Writes how Pillow makes the square of a photo that the model takes.
 *
 * The lines need `Image` and `ImageOps` of `PIL`, and leave the square in `photo`.
 *
 * @returns The lines, without an end of the last.
 */
export function pillowLines(geometry: Geometry): string {
  const { imageSize, resize, shortSide, crop, interpolation } = geometry;
  const filter = `Image.${FILTERS[interpolation]}`;
  const opened = `Image.open("photo.jpg")`;
  const photo = geometry.orientation === "apply"
    ? `ImageOps.exif_transpose(${opened})`
    : opened;
  const near = interpolation === "bilinear-tf1"
    ? "  # near to TensorFlow's own filter"
    : "";
  const first = `photo = ${photo}.convert("RGB")`;
  if (resize === "stretch") {
    return `${first}
photo = photo.resize((${imageSize}, ${imageSize}), ${filter})${near}`;
  }
  return `${first}
short = min(photo.size)
photo = photo.resize([${
    wholeSide(crop, shortSide)
  } for side in photo.size], ${filter})${near}
left, top = [${wholeOffset(crop, imageSize)} for side in photo.size]
photo = photo.crop((left, top, left + ${imageSize}, top + ${imageSize}))`;
}
