/**
 * Quantization: numbers as integers of 8 bits with a scale.
 *
 * Activations are U8 with a scale and a zero point for each tensor, `x = scale (q -
 * zeroPoint)`; kernels are I8 with a scale for each channel that goes out; biases
 * are I32, in steps of the product of both scales.
 *
 * Sources: Jacob et al. 2018, section 2, https://arxiv.org/abs/1712.05877; Nagel et
 * al. 2021, section 2, https://arxiv.org/abs/2106.08295.
 */

import type { FoldedConv } from "../backbone/fold.ts";
import type { Range } from "../backbone/ranges.ts";

/** Largest level of an activation; the least is 0. */
const MAX_LEVEL = 255;

/** Largest level of a weight; the least is its negative. */
const MAX_WEIGHT = 127;

/** Largest bias, half of what 32 bits hold: the rest is for the sum of products. */
const MAX_BIAS = 2 ** 30;

/** How an activation is quantized. */
export interface LevelScale {
  /** Distance of two levels, exact in F32. */
  scale: number;
  /** The level of 0. */
  zeroPoint: number;
}

/** A convolution in integers. */
export interface QuantizedConv {
  /** I8, in the order of the kernel it was made of. */
  weight: Int8Array;
  /** Distance of two levels for each channel that goes out, F32 `[out]`. */
  scales: Float32Array;
  /** I32 `[out]`. */
  bias: Int32Array;
}

/** Chooses the levels of an activation by its range. */
export function levelScale([low, high]: Range): LevelScale {
  const scale = Math.fround((high - low) / MAX_LEVEL) || 1;
  return { scale, zeroPoint: Math.round(-low / scale) };
}

/**
 * Rounds weights of a channel to levels, so that errors do not add up.
 *
 * Each weight takes on the error of those before it. Neighbouring inputs resemble
 * each other, and all but the image are positive, so what counts is the error of sums of
 * weights: 8 bits in the first convolution then cost nothing. With each
 * weight rounded by itself the relative error of embeddings of `tiny` was 0.056,
 * with this in the first convolution 0.048, in all 0.046.
 */
function roundRow(row: Float32Array, scale: number, levels: Int8Array): void {
  let error = 0;
  for (let i = 0; i < row.length; i++) {
    const wanted = row[i]! / scale + error;
    // `Math.round` takes two and a half times as long.
    const nearest = Math.floor(wanted + 0.5);
    const level = Math.min(MAX_WEIGHT, Math.max(-MAX_WEIGHT, nearest));
    levels[i] = level;
    error = wanted - level;
  }
}

/** Returns the largest absolute value. */
function largestOf(row: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < row.length; i++) {
    const size = Math.abs(row[i]!);
    if (size > largest) largest = size;
  }
  return largest;
}

/**
 * Quantizes a convolution.
 *
 * @param inputScale Distance of two levels of what goes in.
 */
export function quantizeConv(
  { weight, bias }: FoldedConv,
  inputScale: number,
): QuantizedConv {
  const channels = bias.length;
  const size = weight.length / channels;
  const quantized = {
    weight: new Int8Array(weight.length),
    scales: new Float32Array(channels),
    bias: new Int32Array(channels),
  };
  for (let o = 0; o < channels; o++) {
    const [start, end] = [o * size, (o + 1) * size];
    const row = weight.subarray(start, end);
    // A channel of tiny weights must not make its bias too large for 32 bits.
    const least = Math.abs(bias[o]!) / (inputScale * MAX_BIAS);
    const scale = Math.fround(Math.max(largestOf(row) / MAX_WEIGHT, least)) ||
      1;
    roundRow(row, scale, quantized.weight.subarray(start, end));
    quantized.scales[o] = scale;
    quantized.bias[o] = Math.round(bias[o]! / (inputScale * scale));
  }
  return quantized;
}
