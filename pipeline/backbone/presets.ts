/**
 * Backbone presets: a weight file with its graph and its preprocessing.
 *
 * @module
 */

import type { ProfileName } from "../image/preprocessing.ts";
import type { VariantName } from "./spec.ts";

/** A backbone that is known by name. */
export interface BackbonePreset {
  /** Where the weight file is. */
  url: URL;
  /** SHA-256 of the file, in hex. */
  digest: string;
  /** Variant of the graph. */
  variant: VariantName;
  /** Preprocessing that the weights were trained with. */
  profile: ProfileName;
  /** Side of the image where none is given, in pixels. */
  imageSize: number;
  /** Licence of the weights. */
  licence: string;
}

/** The presets, by name. */
export const PRESETS: Readonly<Record<string, BackbonePreset>> = {
  tiny: {
    url: new URL(
      "../../fixtures/backbone/resnet101-tiny.safetensors",
      import.meta.url,
    ),
    digest: "718d1e2a3b283bcb5816c0cf26a5a2eaf973f5dda66a57bf414faf08c76acd1b",
    variant: "torchvision",
    profile: "seed",
    imageSize: 96,
    licence: "MIT",
  },
};

/** Names of the presets. */
export const PRESET_NAMES: readonly string[] = Object.keys(PRESETS);
