/** The backbone of a run in words, for its page. */

import type { BackboneFacts } from "../report/page/data.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import { PRESETS, presetWithDigest } from "../backbone/presets.ts";

/** Puts licence and preprocessing of a backbone in words; its file may be gone. */
export function describeBackbone(
  backbone: Pick<BackboneFacts, "name" | "digest" | "variant">,
  preprocessing: Preprocessing,
): BackboneFacts {
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
