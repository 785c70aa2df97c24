/**
 * The head as ONNX models: one that predicts, one that computes gradients.
 *
 * Parameters change with every step, so that they are inputs; kernels are held
 * transposed, `[out, in]`. The form of each product is chosen for two reasons:
 *
 * - onnxruntime packs the right-hand matrix first, and packing 2048x1024 takes
 *   as long as its product with a batch of 64: a large kernel stands on the left.
 * - Results are to be the same to the bit on any number of threads. Threads
 *   divide the longer side of a product, and how its sums are cut depends on
 *   their share of columns (not of rows), unless the left-hand matrix is given
 *   transposed or no sum has more than 128 terms.
 *
 * Source: `MlasSgemmOperation` in `onnxruntime/core/mlas/lib/sgemm.cpp`.
 */

import { type HeadShape, headTensors } from "../head/model.ts";
import { OnnxBuilder, type OnnxValue } from "./builder.ts";

/** Units from which on a layer has more rows than a batch, and its kernel is worth leaving in its place. */
const WIDE = 256;

export function gradientName(parameter: string): string {
  return `${parameter}.gradient`;
}

/** Describes an F32 tensor; a size is the number of samples if `null`. */
function float(name: string, shape: readonly (number | null)[]): OnnxValue {
  return { name, dtype: "F32", shape };
}

/** Describes the parameters of a head. */
function parameterValues(shape: HeadShape): OnnxValue[] {
  return headTensors(shape)
    .map(({ name, shape }) => float(name, shape.toReversed()));
}

/** Adds a transposed copy. */
function addTransposed(builder: OnnxBuilder, matrix: string): string {
  const name = `${matrix}.transposed`;
  return builder.node("Transpose", [matrix], name, { perm: [1, 0] });
}

/** Adds a dense layer from `[in, n]` to `[n, out]`. */
function addNarrow(
  builder: OnnxBuilder,
  columns: string,
  layer: number,
): string {
  const inputs = [columns, `dense${layer}.kernel`, `dense${layer}.bias`];
  const flags = { transA: 1, transB: 1 };
  return builder.node("Gemm", inputs, `dense${layer}`, flags);
}

/** Adds the hidden layer with its activation, from `inputs` to `[H, n]`. */
function addHidden(builder: OnnxBuilder, shape: HeadShape): string {
  let sums: string;
  if (shape.hidden < WIDE) {
    const columns = addTransposed(builder, "inputs");
    sums = addTransposed(builder, addNarrow(builder, columns, 1));
  } else {
    const axes = builder.integers("columnAxis", [1]);
    builder.node("Unsqueeze", ["dense1.bias", axes], "biasColumn");
    const inputs = ["dense1.kernel", "inputs", "biasColumn"];
    sums = builder.node("Gemm", inputs, "dense1", { transB: 1 });
  }
  if (shape.activation === "linear") return sums;
  return builder.node("Relu", [sums], "relu");
}

/** Adds a sum over the samples, along an axis. */
function addSum(builder: OnnxBuilder, axis: number, flow: string, to: string) {
  const axes = builder.integers(`${to}.axes`, [axis]);
  builder.node("ReduceSum", [flow, axes], to, { keepdims: 0 });
}

/**
 * Encodes the model that predicts: `inputs` F32 `[n, D]` and the parameters in,
 * the logits F32 `[n, C]` out.
 *
 * @returns The bytes of a `.onnx` file.
 */
export function encodePrediction(shape: HeadShape): Uint8Array<ArrayBuffer> {
  const { inputs, hidden, classes } = shape;
  const builder = new OnnxBuilder();
  if (hidden === 0) {
    addNarrow(builder, addTransposed(builder, "inputs"), 1);
  } else addNarrow(builder, addHidden(builder, shape), 2);
  return builder.encode(
    [float("inputs", [null, inputs]), ...parameterValues(shape)],
    [float(hidden === 0 ? "dense1" : "dense2", [null, classes])],
  );
}

/** Adds loss and gradient in the logits; returns the gradient, `[n, C]`. */
function addLoss(builder: OnnxBuilder, logits: string): string {
  builder.node("LogSoftmax", [logits], "logP", { axis: 1 });
  builder.node("Exp", ["logP"], "probabilities");
  builder.node("Sub", ["probabilities", "targets"], "distance");
  return builder.node("Mul", ["distance", "scale"], "logitsGradient");
}

/** Adds a head without a hidden layer and its gradients. */
function addShallow(builder: OnnxBuilder): void {
  const columns = addTransposed(builder, "inputs");
  const flow = addLoss(builder, addNarrow(builder, columns, 1));
  const kernel = gradientName("dense1.kernel");
  builder.node("Gemm", [flow, "inputs"], kernel, { transA: 1 });
  addSum(builder, 0, flow, gradientName("dense1.bias"));
}

/** Adds a head with a hidden layer and its gradients. */
function addDeep(builder: OnnxBuilder, shape: HeadShape): void {
  const active = addHidden(builder, shape);
  const mask = addTransposed(builder, "mask");
  const dropped = builder.node("Mul", [active, mask], "dropped");
  const flow = addLoss(builder, addNarrow(builder, dropped, 2));
  const both = { transA: 1, transB: 1 };
  const kernel2 = gradientName("dense2.kernel");
  builder.node("Gemm", [flow, dropped], kernel2, both);
  addSum(builder, 0, flow, gradientName("dense2.bias"));
  builder.node("Gemm", ["dense2.kernel", flow], "droppedGradient", both);
  let back = builder.node("Mul", ["droppedGradient", mask], "activeGradient");
  if (shape.activation === "relu") {
    builder.node("Sign", [active], "slope");
    back = builder.node("Mul", [back, "slope"], "sumsGradient");
  }
  builder.node("Gemm", [back, "inputs"], gradientName("dense1.kernel"));
  addSum(builder, 1, back, gradientName("dense1.bias"));
}

/**
 * Encodes the model that computes gradients.
 *
 * | input     |               |                                              |
 * | --------- | ------------- | -------------------------------------------- |
 * | `inputs`  | F32 `[n, D]`  | embeddings, the first dropout applied        |
 * | `mask`    | F32 `[n, H]`  | mask of the hidden layer; absent without one |
 * | `targets` | F32 `[n, C]`  | target distribution                          |
 * | `scale`   | F32 `[n, 1]`  | weight of each sample, over n                |
 *
 * and the parameters in; `logP` F32 `[n, C]` and the gradients of the mean loss
 * out, each in the shape of its parameter. The gradient in the logits is
 * `w (softmax(z) - target) / n`.
 *
 * Source: Bishop 2006, Pattern Recognition and Machine Learning, equation 4.109.
 *
 * @returns The bytes of a `.onnx` file.
 */
export function encodeTraining(shape: HeadShape): Uint8Array<ArrayBuffer> {
  const { inputs, hidden, classes } = shape;
  const builder = new OnnxBuilder();
  if (hidden === 0) addShallow(builder);
  else addDeep(builder, shape);
  const parameters = parameterValues(shape);
  return builder.encode([
    float("inputs", [null, inputs]),
    ...hidden > 0 ? [float("mask", [null, hidden])] : [],
    float("targets", [null, classes]),
    float("scale", [null, 1]),
    ...parameters,
  ], [
    float("logP", [null, classes]),
    ...parameters.map((value) => ({
      ...value,
      name: gradientName(value.name),
    })),
  ]);
}
