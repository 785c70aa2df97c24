/**
 * The backbone of a run in words, for its page.
 *
 * @module
 */

import type { Preprocessing } from "../image/preprocessing.ts";
import { PRESETS, presetWithDigest } from "./presets.ts";

/** A backbone in words. */
export interface DescribedBackbone {
  name: string;
  description: string;
  variant: string;
  /** SHA-256 of the weight file, in hex. */
  digest: string;
  licence: string;
  /** What happens to a photo before it, for people. */
  preprocessing: string;
}

/**
 * Describes a backbone; its file may be gone.
 *
 * @param preprocessing What happens to a photo before it.
 * @returns The same, with licence and preprocessing in words.
 */
export function describeBackbone(
  backbone: Pick<DescribedBackbone, "name" | "digest" | "variant">,
  preprocessing: Preprocessing,
): DescribedBackbone {
  const { name, digest, variant } = backbone;
  const preset = Object.hasOwn(PRESETS, name)
    ? PRESETS[name]
    : presetWithDigest(digest);
  const { profile, geometry, normalization } = preprocessing;
  const { imageSize, resize, shortSide, interpolation } = geometry;
  const { orientation } = geometry;
  const { channels, mean, std } = normalization;
  const square = resize === "stretch"
    ? `stretched to ${imageSize} x ${imageSize}`
    : `short side to ${shortSide}, ${imageSize} x ${imageSize} cut from the centre`;
  const numbers = (values: readonly number[]) =>
    values.map((value) => Number(value.toFixed(3))).join(", ");
  return {
    name,
    description: preset?.description ?? "a weight file",
    variant,
    digest,
    licence: preset?.licence ?? "not known: see where the file is from",
    preprocessing: `${profile}: ${square}, ${interpolation}, EXIF orientation ${
      orientation === "apply" ? "applied" : "ignored"
    }; ${channels}, less (${numbers(mean)}), divided by (${numbers(std)})`,
  };
}
