/**
 * Backbone and head as one ONNX model, for other programs.
 *
 * | name | | |
 * | --- | --- | --- |
 * | `image`, the input | U8 `[n, S, S, 3]` | RGB, decoded, turned and resized |
 * | `logits`, an output | F32 `[n, C]` | as the head computes them |
 * | `probabilities`, an output | F32 `[n, C]` | softmax of the logits over the temperature |
 *
 * With `nchw`, `image` is F32 `[n, 3, S, S]`, RGB of 0 to 255.
 */

import type { Backbone } from "../backbone/fold.ts";
import type { SavedHead } from "../head/checkpoint.ts";
import { transpose } from "../numeric/matrices.ts";
import { addNetwork, addNormalization } from "./backbone_graph.ts";
import { OnnxBuilder, type OnnxValue } from "./builder.ts";

/** Name of the size of a batch. */
const BATCH = "n";

/** What a model is made of, and how. */
interface ClassifierGraph {
  network: Backbone;
  head: Pick<SavedHead, "shape" | "parameters">;
  /** What logits are divided by. */
  temperature: number;
  /** Layout of the input. */
  layout: "nhwc" | "nchw";
  /** Whether weights are kept as F16. */
  half: boolean;
  /** Free text by name, which runtimes show. */
  metadata: Readonly<Record<string, string>>;
}

/** Adds a dense layer from `[n, in]` to `[n, out]`. */
function addDense(
  builder: OnnxBuilder,
  { shape, parameters }: ClassifierGraph["head"],
  options: { layer: 1 | 2; input: string; output: string },
): string {
  const { layer, input, output } = options;
  const [kernel, bias] = [`dense${layer}.kernel`, `dense${layer}.bias`];
  const out = parameters[bias]!.length;
  const size = layer === 1 ? shape.inputs : shape.hidden;
  // As PyTorch exports a dense layer, which is all that OpenCV reads.
  const rows = transpose(parameters[kernel]!, size, out);
  builder.weights(kernel, rows, [out, size]);
  builder.constant(bias, parameters[bias]!, [out]);
  return builder.node("Gemm", [input, kernel, bias], output, { transB: 1 });
}

/** Adds the head, from embeddings F32 `[n, D]` to `logits`. */
function addHead(
  builder: OnnxBuilder,
  head: ClassifierGraph["head"],
  input: string,
): string {
  const { hidden, activation } = head.shape;
  const output = "logits";
  if (hidden === 0) return addDense(builder, head, { layer: 1, input, output });
  let units = addDense(builder, head, { layer: 1, input, output: "dense1" });
  if (activation === "relu") units = builder.node("Relu", [units], "active");
  return addDense(builder, head, { layer: 2, input: units, output });
}

/** Describes the input. */
function imageValue({ layout, network: { graph } }: ClassifierGraph) {
  const { imageSize } = graph;
  const value: OnnxValue = layout === "nhwc"
    ? { name: "image", dtype: "U8", shape: [BATCH, imageSize, imageSize, 3] }
    : { name: "image", dtype: "F32", shape: [BATCH, 3, imageSize, imageSize] };
  return value;
}

/**
 * Encodes backbone and head as one ONNX model.
 *
 * @returns The bytes of a `.onnx` file, with the weights in it.
 */
export function encodeClassifier(
  model: ClassifierGraph,
): Uint8Array<ArrayBuffer> {
  const { network, head, temperature, layout, half, metadata } = model;
  const builder = new OnnxBuilder({ half });
  addNormalization(builder, network.normalization, "image", layout);
  const logits = addHead(builder, head, addNetwork(builder, network));
  const divisor = builder.constant(
    "temperature",
    Float32Array.of(temperature),
    [1],
  );
  const scaled = builder.node("Div", [logits, divisor], "scaled");
  builder.node("Softmax", [scaled], "probabilities", { axis: 1 });
  const output = (name: string): OnnxValue => (
    { name, dtype: "F32", shape: [BATCH, head.shape.classes] }
  );
  return builder.encode(
    [imageValue(model)],
    [output("logits"), output("probabilities")],
    metadata,
  );
}
