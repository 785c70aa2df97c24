/**
 * Preprocessing: how an image file becomes the numbers a backbone expects.
 *
 * Geometry (size, resize, filter, orientation) decides the stored U8 pixels;
 * normalization (channel order, mean, standard deviation) is applied by the
 * engine, so one set of tensors serves every backbone with the same geometry.
 */

import type { Transparency } from "./alpha.ts";
import { type CropRule, shortSideOf } from "./crop.ts";

/** How an image is brought to a square. */
export type ResizeMode = "stretch" | "crop";

/** Filter of the resize, by Pillow's names; `bilinear-tf1` is that of TensorFlow 1, which is not antialiased. */
export type Interpolation = "nearest" | "bilinear" | "bicubic" | "bilinear-tf1";

/** Whether the EXIF orientation of a photo turns its pixels. */
export type OrientationMode = "apply" | "ignore";

/** What decides the stored pixels. */
export interface Geometry {
  /** Side of the square image, in pixels. */
  imageSize: number;
  /** `stretch` to the square, or resize the short side to `shortSide` and cut the centre. */
  resize: ResizeMode;
  /** Length the short side is resized to before the crop, in pixels; `imageSize` for `stretch`. */
  shortSide: number;
  /** How sizes and offsets of the crop are made whole; absent for `stretch`, and in what version 0.1.0 made. */
  crop?: CropRule;
  /** Filter of the resize. */
  interpolation: Interpolation;
  /** Whether the EXIF orientation is applied. */
  orientation: OrientationMode;
  /** Transparent pictures are laid on white; absent where alpha is dropped, as version 0.1.0 did. */
  transparency?: "white";
}

/** What turns stored pixels into the numbers of the first layer: `(x - mean) / std`. */
export interface Normalization {
  /** Order of the channels the backbone expects; `mean` and `std` are in this order. */
  channels: "rgb" | "bgr";
  /** Subtracted from pixels of 0 to 255, by channel. */
  mean: [number, number, number];
  /** Divides the difference, by channel. */
  std: [number, number, number];
}

/** Everything between an image file and the first layer. */
export interface Preprocessing {
  /** Name of the profile it came from. */
  profile: ProfileName;
  /** What decides the stored pixels. */
  geometry: Geometry;
  /** What the engine does to them. */
  normalization: Normalization;
}

/** Name of a preprocessing profile. */
export type ProfileName =
  | "seed"
  | "torch"
  | "timm"
  | "hugging-face"
  | "keras"
  | "tf-slim";

/** A profile: preprocessing but for the image size, which the backbone preset or the user gives. */
interface Profile {
  resize: ResizeMode;
  /** Image size divided by short side: 0.875 cuts 224 from 256. */
  cropFraction: number;
  /** Whose rule of the crop it is. */
  crop: CropRule;
  interpolation: Interpolation;
  normalization: Normalization;
}

/** RGB means of ImageNet that the old script and VGG subtract. */
const CAFFE_RGB: [number, number, number] = [123.68, 116.78, 103.94];

/** Mean and deviation of ImageNet, in units of 0 to 255. */
const IMAGENET: Normalization = {
  channels: "rgb",
  mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
  std: [0.229 * 255, 0.224 * 255, 0.225 * 255],
};

/** torchvision's `ImageClassification` preset. */
const TORCH: Profile = {
  resize: "crop",
  cropFraction: 0.875,
  crop: "torchvision",
  interpolation: "bilinear",
  normalization: IMAGENET,
};

/** The old script: `flow_from_directory` stretches with nearest-neighbour. */
const SEED: Profile = {
  resize: "stretch",
  cropFraction: 0.875,
  crop: "torchvision",
  interpolation: "nearest",
  normalization: { channels: "rgb", mean: CAFFE_RGB, std: [1, 1, 1] },
};

/**
 * The profiles.
 *
 * Sources besides the two above: `timm` is its evaluation transform,
 * `hugging-face` the ConvNeXT processor that `microsoft/resnet-101` names, `keras`
 * `preprocess_input` in mode `caffe`, `tf-slim` `vgg_preprocessing.py`.
 */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  seed: SEED,
  torch: TORCH,
  timm: { ...TORCH, crop: "timm", interpolation: "bicubic" },
  "hugging-face": { ...TORCH, crop: "hugging-face", interpolation: "bicubic" },
  keras: {
    ...SEED,
    normalization: {
      channels: "bgr",
      mean: [103.939, 116.779, 123.68],
      std: [1, 1, 1],
    },
  },
  "tf-slim": {
    ...TORCH,
    crop: "tf-slim",
    interpolation: "bilinear-tf1",
    normalization: SEED.normalization,
  },
};

/** Parts of a profile that a user may replace. */
export interface PreprocessingOptions {
  /** Side of the square image, in pixels. */
  imageSize: number;
  /** Replaces how the image is brought to a square. */
  resize?: ResizeMode | undefined;
  /** Replaces the part of the short side that the crop leaves. */
  cropFraction?: number | undefined;
  /** Replaces the filter. */
  interpolation?: Interpolation | undefined;
  /**
   * Whether the EXIF orientation is applied.
   *
   * @default {"apply"}
   */
  orientation?: OrientationMode | undefined;
  /**
   * What becomes of alpha.
   *
   * @default {"white"}
   */
  transparency?: Transparency | undefined;
}

/**
 * Completes a profile with the image size and the parts that the user replaces.
 *
 * @example Usage
 * ```ts
 * resolvePreprocessing("torch", { imageSize: 224 }).geometry.shortSide; // 256
 * ```
 */
export function resolvePreprocessing(
  profile: ProfileName,
  options: PreprocessingOptions,
): Preprocessing {
  const { normalization, ...defaults } = PROFILES[profile];
  const { imageSize, orientation = "apply", transparency = "white" } = options;
  const { cropFraction = defaults.cropFraction } = options;
  const resize = options.resize ?? defaults.resize;
  const interpolation = options.interpolation ?? defaults.interpolation;
  const { crop } = defaults;
  const sides = resize === "crop"
    ? { shortSide: shortSideOf(crop, imageSize, cropFraction), crop }
    : { shortSide: imageSize };
  return {
    profile,
    geometry: {
      imageSize,
      resize,
      ...sides,
      interpolation,
      orientation,
      ...transparency === "white" && { transparency },
    },
    normalization,
  };
}
