/**
 * The type of a configuration: a value for every setting.
 *
 * What each does stands in full in the table of `settings.ts`.
 */

/** A value for every setting; `null` leaves it to the program. */
export interface Config {
  /** Folder of photos, or a list. */
  data: string | null;
  /** Column of a list that holds paths. */
  pathColumn: string | null;
  /** Column of a list that holds labels. */
  labelColumn: string | null;
  /** Column of a list that holds splits. */
  splitColumn: string | null;
  /** Share of the training photos to hold out for validation. */
  validation: number | null;
  /** Share of the training photos to hold out for test. */
  test: number | null;
  /** Seed of the random split. */
  splitSeed: number | null;
  /** Preset, or a weight file of a ResNet. */
  backbone: string;
  /** Profile of resize and normalization. */
  preprocessing:
    | "seed"
    | "torch"
    | "timm"
    | "hugging-face"
    | "keras"
    | "tf-slim"
    | null;
  /** Side of the square image, in pixels. */
  imageSize: number | null;
  /** How a photo becomes square. */
  resize: "stretch" | "crop" | null;
  /** Share of the short side that the crop leaves. */
  cropFraction: number | null;
  /** Filter of the resize. */
  interpolation: "nearest" | "bilinear" | "bicubic" | "bilinear-tf1" | null;
  /** Whether the EXIF orientation turns the photo. */
  orientation: "apply" | "ignore";
  /** What becomes of transparent pictures. */
  transparency: "white" | "drop";
  /** Photos in a shard. */
  shardSize: number;
  /** Stop at the first photo that cannot be used, instead of listing it. */
  strict: boolean;
  /** Seed of everything random. */
  seed: number;
  /** What runs the backbone and trains the head. */
  engine: "auto" | "webgpu" | "cpu" | "wasm";
  /** How the backbone computes. */
  precision: "auto" | "float32" | "float16" | "int8";
  /** Epochs to train. */
  epochs: number;
  /** Batches an epoch. */
  stepsPerEpoch: number | null;
  /** Batches of the validation split to look at, at most all. */
  validationSteps: number | null;
  /** Photos per batch. */
  batchSize: number;
  /** Adam's learning rate. */
  learningRate: number;
  /** Units of the hidden layer. */
  hidden: number;
  /** Activation of the hidden layer. */
  activation: "linear" | "relu";
  /** Share of inputs dropped before each dense layer. */
  dropout: number;
  /** Learning rate over the run. */
  schedule: "constant" | "cosine";
  /** Steps over which the learning rate rises from 0. */
  warmupSteps: number;
  /** Weight of each class in the loss. */
  classWeights: "none" | "balanced";
  /** Share of each label spread over all classes. */
  labelSmoothing: number;
  /** Decoupled weight decay of the kernels. */
  weightDecay: number;
  /** Stop after this many epochs without a lower validation loss, and keep the best weights. */
  patience: number;
}

/** Name of a setting, as in a configuration file. */
export type SettingName = keyof Config;
