/** The settings of training; its numbers are those of the old Keras script. */

import {
  choice,
  fraction,
  integer,
  optional,
  positive,
  setting,
} from "./kinds.ts";

/** The rows, in the order of the table. */
export const TRAINING_SETTINGS = {
  seed: setting(["prepare", "train"], integer(0), 0, {
    description:
      "Seed of all random numbers: of the split if given to prepare, and of training",
  }),
  precision: setting(
    ["prepare", "train"],
    choice(["auto", "float32", "float16", "int8"]),
    "float32",
    {
      description:
        "How the backbone computes; int8: 8-bit integers, on the engine cpu; float16: half precision, on webgpu; auto: what is faster here",
    },
  ),
  engine: setting("train", choice(["auto", "webgpu", "cpu", "wasm"]), "auto", {
    description: "What runs the backbone and trains the head",
  }),
  epochs: setting("train", integer(1), 100, { description: "Epochs to train" }),
  stepsPerEpoch: setting("train", optional(integer(1)), null, {
    description: "Batches per epoch; default: every photo once",
    unit: "batches",
  }),
  validationSteps: setting("train", optional(integer(1)), null, {
    description:
      "Batches of the validation split to evaluate per epoch; default: all",
    unit: "batches",
  }),
  batchSize: setting("train", integer(1, 65536), 64, {
    description: "Photos per batch",
    unit: "photos",
  }),
  learningRate: setting("train", positive(), 0.001, {
    description: "Learning rate of Adam",
  }),
  hidden: setting("train", integer(0, 65536), 1024, {
    description: "Units of the hidden layer; 0: no hidden layer",
    unit: "units",
  }),
  activation: setting("train", choice(["linear", "relu"]), "linear", {
    description: "Activation of the hidden layer",
  }),
  dropout: setting("train", fraction(0, 1), 0.5, {
    description: "Share of inputs dropped before each dense layer",
  }),
  schedule: setting("train", choice(["constant", "cosine"]), "constant", {
    description: "Course of the learning rate; cosine falls towards 0",
  }),
  warmupSteps: setting("train", integer(0), 0, {
    description: "Steps over which the learning rate rises from 0",
    unit: "steps",
  }),
  classWeights: setting("train", choice(["none", "balanced"]), "none", {
    description:
      "Weight of each class in the loss; balanced: samples / (classes x samples of the class)",
  }),
  labelSmoothing: setting("train", fraction(0, 1), 0, {
    description: "Share of each label spread over all classes",
  }),
  weightDecay: setting("train", fraction(0, 1), 0, {
    description: "Decoupled weight decay of the kernels",
  }),
  patience: setting("train", integer(0), 0, {
    description:
      "Stop after this many epochs without a lower validation loss, and keep the best weights; 0: never",
    unit: "epochs",
  }),
};
