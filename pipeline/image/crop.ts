/**
 * Centre crops by the rules of the libraries that the weights come from: each
 * makes sizes and offsets whole in its own way.
 *
 * Sources: torchvision 0.14, `transforms/functional.py` (`resize`, `center_crop`);
 * timm, `data/transforms_factory.py`; Hugging Face transformers, `image_transforms.py`
 * and `models/convnext/image_processing_convnext.py`; TF-Slim, `vgg_preprocessing.py`.
 */

/** A library's rule. */
export type CropRule = "torchvision" | "timm" | "hugging-face" | "tf-slim";

/** Rounds half to even, as Python's `round` does. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** How numbers of a crop are made whole. */
interface Rounding {
  /** Makes the image size divided by the crop fraction the short side. */
  shortSide: (value: number) => number;
  /** Returns a side that is resized as the short one is. */
  resized: (side: number, short: number, to: number) => number;
  /** Makes half of the margin the offset. */
  offset: (value: number) => number;
}

const TORCHVISION: Rounding = {
  shortSide: Math.round,
  resized: (side, short, to) => Math.trunc(to * side / short),
  offset: roundHalfEven,
};

/** TensorFlow multiplies in 32 bits. */
const TF_SLIM: Rounding = {
  shortSide: Math.round,
  resized: (side, short, to) =>
    roundHalfEven(Math.fround(side * Math.fround(to / short))),
  offset: Math.floor,
};

const RULES: Readonly<Record<CropRule, Rounding>> = {
  torchvision: TORCHVISION,
  timm: { ...TORCHVISION, shortSide: Math.floor },
  "hugging-face": {
    ...TORCHVISION,
    shortSide: Math.floor,
    offset: Math.floor,
  },
  "tf-slim": TF_SLIM,
};

/** What version 0.1.0 did, whatever the library; its geometries name no rule. */
const EARLIER: Rounding = {
  ...TF_SLIM,
  resized: (side, short, to) => roundHalfEven(side * (to / short)),
};

/** Names of the rules. */
export const CROP_RULES: readonly CropRule[] = Object.keys(
  RULES,
) as CropRule[];

/**
 * Returns the length that the short side is resized to.
 *
 * @param imageSize Side of the square that is cut out, in pixels.
 * @param cropFraction Share of the short side that the crop leaves.
 * @returns The length in pixels.
 */
export function shortSideOf(
  rule: CropRule,
  imageSize: number,
  cropFraction: number,
): number {
  return RULES[rule].shortSide(imageSize / cropFraction);
}

/** A size, and the square that is cut out of it. */
export interface CenterCrop {
  /** Size of the resized image, in pixels. */
  size: { width: number; height: number };
  /** The part of it that is kept. */
  box: { left: number; top: number; width: number; height: number };
}

/**
 * Plans a resize of the short side and a crop of the centre.
 *
 * @param image Size of the image, in pixels.
 * @param options Lengths in pixels, and the rule; without one, that of version 0.1.0.
 * @returns Size of the resized image, and the part that is kept.
 */
export function planCrop(
  image: { width: number; height: number },
  options: {
    imageSize: number;
    shortSide: number;
    crop?: CropRule | undefined;
  },
): CenterCrop {
  const { imageSize, shortSide, crop } = options;
  const { resized, offset } = crop === undefined ? EARLIER : RULES[crop];
  const short = Math.min(image.width, image.height);
  const resize = (side: number) =>
    side === short ? shortSide : resized(side, short, shortSide);
  const size = { width: resize(image.width), height: resize(image.height) };
  const box = {
    left: offset((size.width - imageSize) / 2),
    top: offset((size.height - imageSize) / 2),
    width: imageSize,
    height: imageSize,
  };
  return { size, box };
}
