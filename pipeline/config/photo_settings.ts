/**
 * The settings of photos: where they are, how they are divided, how they become tensors.
 */

import {
  between,
  boolean,
  choice,
  fraction,
  integer,
  optional,
  setting,
  text,
} from "./kinds.ts";

/** The rows, in the order of the table. */
export const PHOTO_SETTINGS = {
  data: setting("prepare", optional(text("DIR")), null, {
    description:
      "Folder of photos, or a .csv, .tsv, .jsonl or .parquet list, on disk or at s3://bucket/prefix; default: the embedded photos",
  }),
  pathColumn: setting("prepare", optional(text("NAME")), null, {
    description:
      "Column of a list that holds paths; default: path or file_name",
  }),
  labelColumn: setting("prepare", optional(text("NAME")), null, {
    description: "Column of a list that holds labels; default: label",
  }),
  splitColumn: setting("prepare", optional(text("NAME")), null, {
    description:
      "Column of a list that holds splits; default: split, if there is one",
  }),
  validation: setting("prepare", optional(fraction(0, 1)), null, {
    description:
      "Share of the training photos to hold out for validation; default: 0.2 if the data has no held-out split, else 0",
  }),
  test: setting("prepare", optional(fraction(0, 1)), null, {
    description:
      "Share of the training photos to hold out for test; default: 0",
  }),
  splitSeed: setting("prepare", optional(integer(0)), null, {
    description:
      "Seed of the random split; default: the seed that prepare was given",
  }),
  backbone: setting("prepare", text("PRESET|FILE"), "tiny", {
    description:
      "Preset (see deno task weights), or a ResNet weight file: safetensors, PyTorch, Keras or TensorFlow",
  }),
  preprocessing: setting(
    "prepare",
    optional(
      choice(["seed", "torch", "timm", "hugging-face", "keras", "tf-slim"]),
    ),
    null,
    {
      description:
        "Profile of resize and normalization; default: the backbone's",
    },
  ),
  imageSize: setting("prepare", optional(integer(32, 1024)), null, {
    description: "Side of the square image; default: the backbone's",
    unit: "pixels",
  }),
  resize: setting("prepare", optional(choice(["stretch", "crop"])), null, {
    description: "How a photo becomes square; default: the profile's",
  }),
  // Less would ask for a photo of ten times the side, of which little is left.
  cropFraction: setting("prepare", optional(between(0.1, 1)), null, {
    description:
      "Share of the short side that the crop keeps; default: the backbone's",
  }),
  interpolation: setting(
    "prepare",
    optional(choice(["nearest", "bilinear", "bicubic", "bilinear-tf1"])),
    null,
    { description: "Filter of the resize; default: the profile's" },
  ),
  orientation: setting("prepare", choice(["apply", "ignore"]), "apply", {
    description:
      "Whether the EXIF orientation turns photos upright; ignore: as the old script did",
  }),
  transparency: setting("prepare", choice(["white", "drop"]), "white", {
    description:
      "Lays transparent pictures on white; drop: drops alpha, as the old script did",
  }),
  shardSize: setting("prepare", integer(1, 65536), 64, {
    description:
      "Photos per shard; complete shards survive when a run is killed",
    unit: "photos",
  }),
  strict: setting("prepare", boolean(), false, {
    description:
      "Stop at the first photo that cannot be used, instead of listing it",
  }),
};
