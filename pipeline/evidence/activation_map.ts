/**
 * Class activation maps: how much each part of a photo supports a class.
 *
 * The backbone pools a feature map by its mean, and the head computes logits of
 * the pooled features. Where the head is linear, a logit is the mean of a map over
 * the positions of the feature map, plus a constant: that map is the evidence,
 * exactly. Where the hidden layer has a relu, the map is that of Grad-CAM.
 *
 * Source: Zhou et al. 2016, section 2, https://arxiv.org/abs/1512.04150;
 * Selvaraju et al. 2017, equations 1 and 2, https://arxiv.org/abs/1610.02391.
 */

import type { HeadParameters, HeadShape } from "../head/model.ts";

/** A head, in evaluation mode: dropout is off. */
export interface MapHead {
  shape: HeadShape;
  parameters: HeadParameters;
}

/** The part of a logit that depends on the features, and the part that does not. */
interface LinearLogit {
  /** Factor of each pooled feature, f64 `[D]`. */
  weights: Float64Array;
  /** The constant term. */
  constant: number;
}

/**
 * Says how the maps of a head are computed.
 *
 * @returns `cam` if the logits are linear in the features.
 */
export function mapMethod(shape: HeadShape): MapMethod {
  const { hidden, activation } = shape;
  return hidden > 0 && activation === "relu" ? "grad-cam" : "cam";
}

/**
 * Pools a feature map as the backbone does.
 *
 * @param features F32 `[H, W, D]`.
 * @returns The mean over the positions, f64 `[D]`.
 */
export function poolFeatures(
  features: Float32Array,
  size: number,
): Float64Array {
  const pooled = new Float64Array(size);
  const positions = features.length / size;
  for (let start = 0; start < features.length; start += size) {
    for (let d = 0; d < size; d++) pooled[d]! += features[start + d]!;
  }
  for (let d = 0; d < size; d++) pooled[d]! /= positions;
  return pooled;
}

/** Whether each hidden unit passes its input on at these features. */
function findActive(head: MapHead, pooled: Float64Array): Uint8Array {
  const { shape: { hidden, activation }, parameters } = head;
  if (activation === "linear") return new Uint8Array(hidden).fill(1);
  const kernel = parameters["dense1.kernel"]!;
  const inputs = Float64Array.from(parameters["dense1.bias"]!);
  pooled.forEach((value, d) => {
    const row = d * hidden;
    for (let h = 0; h < hidden; h++) inputs[h]! += value * kernel[row + h]!;
  });
  return Uint8Array.from(inputs, (input) => input > 0 ? 1 : 0);
}

/**
 * Writes a logit as a linear function of the pooled features: everywhere where
 * the head is linear, else around the features that are given, as the same hidden
 * units are active there. Its weights are the gradient of the logit.
 *
 * @param pooled The features, f64 `[D]`.
 */
export function linearLogit(
  head: MapHead,
  label: number,
  pooled: Float64Array,
): LinearLogit {
  const { shape: { inputs, hidden, classes }, parameters } = head;
  const first = parameters["dense1.kernel"]!;
  const bias = parameters["dense1.bias"]!;
  const column = (kernel: Float32Array, rows: number) =>
    Float64Array.from({ length: rows }, (_, i) => kernel[i * classes + label]!);
  if (hidden === 0) {
    return { weights: column(first, inputs), constant: bias[label]! };
  }
  const active = findActive(head, pooled);
  const outer = column(parameters["dense2.kernel"]!, hidden)
    .map((weight, h) => weight * active[h]!);
  const weights = Float64Array.from({ length: inputs }, (_, d) => {
    const row = d * hidden;
    let sum = 0;
    for (let h = 0; h < hidden; h++) sum += first[row + h]! * outer[h]!;
    return sum;
  });
  const constant = outer.reduce(
    (sum, weight, h) => sum + weight * bias[h]!,
    parameters["dense2.bias"]![label]!,
  );
  return { weights, constant };
}

/**
 * Computes the map of a class.
 *
 * With `cam` it is signed, and its mean plus the constant of
 * {@linkcode linearLogit} is the logit. With `grad-cam` it has no negative
 * numbers, and is smaller by the number of positions, as in the papers: each
 * position has an equal share of the gradient of the pooled features.
 *
 * @param features Feature map of a photo, F32 `[H, W, D]`.
 * @param known Weights of classes, which photos share where the head is linear; those of new classes are added.
 * @returns F32 `[H, W]`.
 */
export function activationMap(
  head: MapHead,
  features: Float32Array,
  label: number,
  known: Map<number, Float64Array> = new Map(),
): Float32Array {
  const { inputs: size } = head.shape;
  const positions = features.length / size;
  const isLinear = mapMethod(head.shape) === "cam";
  const weights = isLinear && known.get(label) ||
    linearLogit(head, label, poolFeatures(features, size)).weights;
  if (isLinear) known.set(label, weights);
  const evidence = Float32Array.from({ length: positions }, (_, position) => {
    const start = position * size;
    let sum = 0;
    for (let d = 0; d < size; d++) sum += weights[d]! * features[start + d]!;
    return sum;
  });
  if (isLinear) return evidence;
  return evidence.map((value) => Math.max(0, value) / positions);
}

/** How maps are computed: exact for a linear head, else by gradients. */
type MapMethod = "cam" | "grad-cam";

/** Why a photo was chosen: it is one of the worst mistakes, or of a sample of right predictions. */
export type EvidenceReason = "mistake" | "right";

/** A photo and the row of its maps; a line of `evidence.jsonl`. */
export interface Evidence {
  /** Row of its maps in the shard. */
  row: number;
  /** Row of the photo in the dataset index. */
  record: number;
  /** Path of the photo. */
  path: string;
  /** Why it was chosen. */
  reason: EvidenceReason;
  /** Name of the true class. */
  true: string;
  /** Name of the class that was predicted. */
  predicted: string;
  /** Probability of the predicted class. */
  probability: number;
  /** Cross-entropy of the true class, in nats. */
  loss: number;
}
