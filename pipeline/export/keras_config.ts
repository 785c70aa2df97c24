/**
 * Layers of Keras as data, and the JSON by which Keras and tfjs know a model.
 */

/** Version of Keras whose files these are like. */
export const KERAS_VERSION = "2.15.0";

/** Name of the first layer, which is given the images. */
export const KERAS_INPUT = "image";

/** Name of the last layer. */
export const KERAS_OUTPUT = "probabilities";

/** A weight of a layer. */
export interface KerasWeight {
  /** `kernel` or `bias`. */
  name: "kernel" | "bias";
  /** Its shape: `[k, k, in, out]`, `[in, out]` or `[out]`. */
  shape: number[];
  /** Its numbers: those of the model, not a copy. */
  values: Float32Array;
  /** Whether it may be kept as F16. */
  mayBeHalf: boolean;
}

/** A layer, with the layers it reads. */
export interface KerasLayer {
  /** Class in Keras. */
  className: string;
  name: string;
  /** Arguments of the class. */
  config: Record<string, unknown>;
  /** Names of the layers it reads. */
  inputs: string[];
  weights: KerasWeight[];
}

/**
 * Describes a model as Keras' `model_config`, which tfjs reads too.
 *
 * Source: `keras/src/models/functional.py` in https://github.com/keras-team/keras.
 */
export function toModelConfig(layers: readonly KerasLayer[]): object {
  return {
    class_name: "Functional",
    config: {
      name: "classifier",
      layers: layers.map(({ className, name, config, inputs }) => ({
        class_name: className,
        config: { name, ...config },
        name,
        inbound_nodes: inputs.length === 0
          ? []
          : [inputs.map((from) => [from, 0, 0, {}])],
      })),
      input_layers: [[KERAS_INPUT, 0, 0]],
      output_layers: [[KERAS_OUTPUT, 0, 0]],
    },
  };
}
