/**
 * Backbone presets: a weight file with its graph and its preprocessing.
 *
 * Sources of addresses, digests and accuracies: the model files of torchvision
 * (https://github.com/pytorch/vision/blob/main/torchvision/models/resnet.py), timm
 * (https://github.com/huggingface/pytorch-image-models/blob/main/timm/models/resnet.py
 * and `results-imagenet.csv` there), Keras
 * (https://github.com/keras-team/keras/blob/master/keras/src/applications/resnet.py)
 * and TF-Slim (https://github.com/tensorflow/models/tree/master/research/slim).
 */

import type { ProfileName } from "../image/preprocessing.ts";
import type { VariantName } from "./spec.ts";

/** A backbone that is known by name. */
export interface BackbonePreset {
  /** Address of the weight file: a `file:` URL if it comes with the program, `null` if it was never published. */
  url: string | null;
  /** SHA-256 of the file in hex, or its first digits; none where none is published. */
  sha256?: string;
  /** MD5 of the file in hex, where nothing better is published. */
  md5?: string;
  /** Size of the file in 10^6 bytes, for people. */
  megabytes: number;
  variant: VariantName;
  /** Preprocessing that the weights were trained with. */
  profile: ProfileName;
  /** Image size divided by short side, where it is not that of the profile. */
  cropFraction?: number;
  /** Side of the image where none is given, in pixels. */
  imageSize: number;
  licence: string;
  /** Published top-1 accuracy on ImageNet's validation split; `null` where none is. */
  top1: number | null;
  description: string;
}

/** Values that torchvision's, timm's and Hugging Face's files share. */
const TORCH = {
  variant: "torchvision",
  profile: "torch",
  imageSize: 224,
  megabytes: 179,
} as const;

/** The presets, by name. */
export const PRESETS: Readonly<Record<string, BackbonePreset>> = {
  tiny: {
    url: new URL(
      "../../fixtures/backbone/resnet101-tiny.safetensors",
      import.meta.url,
    ).href,
    sha256: "718d1e2a3b283bcb5816c0cf26a5a2eaf973f5dda66a57bf414faf08c76acd1b",
    megabytes: 3,
    variant: "torchvision",
    profile: "seed",
    imageSize: 96,
    licence: "MIT",
    top1: null,
    description: "1/8 of the width, trained on Tiny ImageNet; embedded",
  },
  "torchvision-v1": {
    ...TORCH,
    url: "https://download.pytorch.org/models/resnet101-63fe2227.pth",
    sha256: "63fe2227",
    licence: "BSD-3-Clause",
    top1: 0.77374,
    description: "torchvision, IMAGENET1K_V1",
  },
  "torchvision-v2": {
    ...TORCH,
    url: "https://download.pytorch.org/models/resnet101-cd907fc2.pth",
    sha256: "cd907fc2",
    // 224 of 232.
    cropFraction: 224 / 232,
    licence: "BSD-3-Clause",
    top1: 0.81886,
    description: "torchvision, IMAGENET1K_V2",
  },
  "timm-a1h": {
    ...TORCH,
    url:
      "https://huggingface.co/timm/resnet101.a1h_in1k/resolve/main/model.safetensors",
    profile: "timm",
    cropFraction: 0.95,
    licence: "Apache-2.0",
    top1: 0.8195,
    description: "timm, resnet101.a1h_in1k",
  },
  "timm-tv": {
    ...TORCH,
    url:
      "https://huggingface.co/timm/resnet101.tv_in1k/resolve/main/model.safetensors",
    licence: "BSD-3-Clause",
    top1: 0.77404,
    description: "timm, resnet101.tv_in1k",
  },
  microsoft: {
    ...TORCH,
    url:
      "https://huggingface.co/microsoft/resnet-101/resolve/main/pytorch_model.bin",
    profile: "hugging-face",
    licence: "Apache-2.0",
    top1: null,
    description: "Hugging Face, microsoft/resnet-101",
  },
  keras: {
    url:
      "https://storage.googleapis.com/tensorflow/keras-applications/resnet/resnet101_weights_tf_dim_ordering_tf_kernels_notop.h5",
    md5: "88cf7a10940856eca736dc7b7e228a21",
    megabytes: 171,
    variant: "keras",
    profile: "keras",
    imageSize: 224,
    licence: "Apache-2.0",
    top1: null,
    description: "Keras applications, without top",
  },
  "tf-slim": {
    url:
      "https://download.tensorflow.org/models/resnet_v1_101_2016_08_28.tar.gz",
    megabytes: 166,
    variant: "tf-slim",
    profile: "tf-slim",
    imageSize: 224,
    licence: "Apache-2.0",
    top1: 0.764,
    description: "TF-Slim, from the weights of He et al.",
  },
  seed: {
    url: null,
    megabytes: 171,
    variant: "tf-same",
    profile: "seed",
    imageSize: 224,
    licence: "unknown",
    top1: null,
    description:
      "the old script's pretrain_weights.ckpt, never published: give its path",
  },
};

/** Names of the presets. */
export const PRESET_NAMES: readonly string[] = Object.keys(PRESETS);

/**
 * Finds the preset whose published file has a digest.
 *
 * @param digest SHA-256 in hex.
 * @returns The preset; `undefined` if none is known to have it.
 */
export function presetWithDigest(digest: string): BackbonePreset | undefined {
  return Object.values(PRESETS).find(({ sha256 }) =>
    sha256 !== undefined && digest.startsWith(sha256)
  );
}

/** Accuracy below which the embedded backbone is likely what holds a run back. */
const TINY_IS_ENOUGH = 0.95;

/**
 * Names a better backbone where the embedded one is likely the limit.
 *
 * @param name Value of the setting `backbone`.
 * @returns Name of a preset, or `null` if another is not known to be better.
 */
export function betterBackbone(name: string, top1: number): string | null {
  return name === "tiny" && top1 < TINY_IS_ENOUGH ? "torchvision-v2" : null;
}
