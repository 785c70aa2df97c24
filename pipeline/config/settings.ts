/**
 * Every setting of the pipeline in one table: kind, default, unit, meaning.
 *
 * Flags, configuration files, `--help` and the table in docs/settings.md all come from
 * here. The numbers of the old Keras script are the defaults.
 *
 * @module
 */

import type { Config, SettingName } from "./config_type.ts";
import {
  between,
  boolean,
  choice,
  fraction,
  integer,
  type Kind,
  optional,
  positive,
  text,
} from "./kinds.ts";

/** A task that takes settings as flags. */
export type SettingTask = "prepare" | "train";

/** One row of the table. */
export interface Setting<T> {
  /** How a value is checked and read. */
  kind: Kind<T>;
  /** Value where none is given; `null` is explained by `description`. */
  default: T;
  /** The tasks whose flag it is. */
  tasks: readonly SettingTask[];
  /** Unit of the value, if it has one. */
  unit?: string;
  /** What it does, in one line. */
  description: string;
}

/** A row for every setting. */
export type SettingsTable = {
  readonly [Name in SettingName]: Setting<Config[Name]>;
};

/** Keeps the type of each value while checking the shape of the row. */
function setting<T>(
  tasks: SettingTask | readonly SettingTask[],
  kind: Kind<T>,
  value: NoInfer<T>,
  description: string,
  unit?: string,
): Setting<T> {
  return {
    kind,
    default: value,
    tasks: [tasks].flat(),
    description,
    ...(unit === undefined ? {} : { unit }),
  };
}

/** The table of settings, by name. */
export const SETTINGS: SettingsTable = {
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
  seed: setting(
    ["prepare", "train"],
    integer(0),
    0,
    "Seed of everything random: the split when given to prepare, and training",
  ),
  engine: setting(
    "train",
    choice(["auto", "webgpu", "cpu", "wasm"]),
    "auto",
    "What runs the backbone and trains the head",
  ),
  epochs: setting("train", integer(1), 100, "Epochs to train"),
  stepsPerEpoch: setting(
    "train",
    optional(integer(1)),
    null,
    "Batches an epoch; every photo once if not given",
    "batches",
  ),
  validationSteps: setting(
    "train",
    optional(integer(1)),
    null,
    "Batches of the validation split to look at, at most all; all if not given",
    "batches",
  ),
  batchSize: setting(
    "train",
    integer(1, 65536),
    64,
    "Photos in a batch",
    "photos",
  ),
  learningRate: setting("train", positive(), 0.001, "Adam's learning rate"),
  hidden: setting(
    "train",
    integer(0, 65536),
    1024,
    "Units of the hidden layer; 0 for none",
    "units",
  ),
  activation: setting(
    "train",
    choice(["linear", "relu"]),
    "linear",
    "Activation of the hidden layer; the old script has none",
  ),
  dropout: setting(
    "train",
    fraction(0, 1),
    0.5,
    "Share of inputs dropped before each dense layer",
  ),
  schedule: setting(
    "train",
    choice(["constant", "cosine"]),
    "constant",
    "Learning rate over the run; cosine falls towards 0 at the end",
  ),
  warmupSteps: setting(
    "train",
    integer(0),
    0,
    "Steps over which the learning rate rises from 0",
    "steps",
  ),
  classWeights: setting(
    "train",
    choice(["none", "balanced"]),
    "none",
    "Weight of each class in the loss; balanced is samples / (classes x samples of the class)",
  ),
  labelSmoothing: setting(
    "train",
    fraction(0, 1),
    0,
    "Share of each label spread over all classes",
  ),
  weightDecay: setting(
    "train",
    fraction(0, 1),
    0,
    "Decoupled weight decay of the kernels",
  ),
  patience: setting(
    "train",
    integer(0),
    0,
    "Stop after this many epochs without a lower validation loss, and keep the best weights; 0 for never",
    "epochs",
  ),
};

/** The names of all settings, in the order of the table. */
export const SETTING_NAMES: readonly SettingName[] = Object.keys(
  SETTINGS,
) as SettingName[];
