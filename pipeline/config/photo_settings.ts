/**
 * The settings of photos: where they are, how they are divided, how they become tensors.
 *
 * @module
 */

import {
  between,
  boolean,
  choice,
  fraction,
  integer,
  optional,
  text,
} from "./kinds.ts";
import { setting } from "./setting.ts";

/** The rows, in the order of the table. */
export const PHOTO_SETTINGS = {
  data: setting(
    "prepare",
    optional(text("DIR")),
    null,
    "Folder of photos, or a .csv, .tsv, .jsonl or .parquet list; the embedded photos if not given",
  ),
  pathColumn: setting(
    "prepare",
    optional(text("NAME")),
    null,
    "Column of a list that holds paths; path or file_name if not given",
  ),
  labelColumn: setting(
    "prepare",
    optional(text("NAME")),
    null,
    "Column of a list that holds labels; label if not given",
  ),
  splitColumn: setting(
    "prepare",
    optional(text("NAME")),
    null,
    "Column of a list that holds splits; split, if there is one, if not given",
  ),
  validation: setting(
    "prepare",
    optional(fraction(0, 1)),
    null,
    "Share of the training photos to hold out for validation; 0.2 if the data has no held-out split, else 0",
  ),
  test: setting(
    "prepare",
    optional(fraction(0, 1)),
    null,
    "Share of the training photos to hold out for test; 0 if not given",
  ),
  splitSeed: setting(
    "prepare",
    optional(integer(0)),
    null,
    "Seed of the random split; the seed that prepare was given if not given",
  ),
  backbone: setting(
    "prepare",
    text("PRESET|FILE"),
    "tiny",
    "Preset (see weights), or a weight file of a ResNet: safetensors, PyTorch, Keras or TensorFlow",
  ),
  preprocessing: setting(
    "prepare",
    optional(choice(["seed", "torch", "keras", "tf-slim"])),
    null,
    "Profile of resize and normalization; the backbone's own if not given",
  ),
  imageSize: setting(
    "prepare",
    optional(integer(32, 1024)),
    null,
    "Side of the square image; the backbone's own if not given",
    "pixels",
  ),
  resize: setting(
    "prepare",
    optional(choice(["stretch", "crop"])),
    null,
    "How a photo becomes square; the profile's own if not given",
  ),
  // Less would ask for a photo of ten times the side, of which little is left.
  cropFraction: setting(
    "prepare",
    optional(between(0.1, 1)),
    null,
    "Share of the short side that the crop leaves; the backbone's own if not given",
  ),
  interpolation: setting(
    "prepare",
    optional(choice(["nearest", "bilinear", "bicubic"])),
    null,
    "Filter of the resize; the profile's own if not given",
  ),
  orientation: setting(
    "prepare",
    choice(["apply", "ignore"]),
    "ignore",
    "Whether the EXIF orientation turns the photo; the old script ignores it",
  ),
  shardSize: setting(
    "prepare",
    integer(1, 65536),
    64,
    "Photos in a shard: what is lost at most when a run is killed",
    "photos",
  ),
  strict: setting(
    "prepare",
    boolean(),
    false,
    "Stop at the first photo that cannot be used, instead of listing it",
  ),
};
