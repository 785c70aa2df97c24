/**
 * Weights from a formula: a whole network that need not be stored.
 *
 * `uniform(name, n, lo, hi)[i] = lo + (hi - lo) h(i) / 2^32`, with
 * `h(i) = fmix32(i 0x9E3779B9 + crc32(name))` in 32-bit unsigned arithmetic.
 * Computed in 64 bits, stored in 32.
 *
 * Sources: fmix32 is the finalizer of MurmurHash3,
 * https://github.com/aappleby/smhasher; crc32 is that of ISO 3309, as in zip.
 */

import { crc32 } from "node:zlib";
import { mixBits, STEP } from "../numeric/random.ts";
import type { ConvWeights, WeightSource } from "./fold.ts";
import type { ConvLayer } from "./layers.ts";

/**
 * Returns numbers that look uniformly distributed, as a function of a name.
 *
 * @example Usage
 * ```ts
 * uniform("stem/gamma", 2, [0.6, 1]); // always the same two numbers
 * ```
 *
 * @param range Lowest and highest number.
 */
export function uniform(
  name: string,
  length: number,
  range: readonly [low: number, high: number],
): Float32Array {
  const [low, high] = range;
  const seed = crc32(name);
  return new Float32Array(length).map((_, i) => {
    const h = mixBits((Math.imul(i, STEP) + seed) | 0) >>> 0;
    return low + (high - low) * (h / 2 ** 32);
  });
}

/** Name of a convolution in the formula: `layer3.22.conv2` is `s2u22c2`. */
function formulaKey(name: string): string {
  const [, layer, unit, part] = name.match(/^layer(\d)\.(\d+)\.(\w+)/) ?? [];
  if (layer === undefined) return "stem";
  const convolution = part === "downsample" ? "sc" : part!.replace("conv", "c");
  return `s${Number(layer) - 1}u${unit}${convolution}`;
}

/**
 * Makes the weights of the formula.
 *
 * The scale of the last batch norm of a block is small, so that activations
 * stay in range however deep the network is.
 */
export function formulaWeights(options: { bias: boolean }): WeightSource {
  return ({ name, kernel, inChannels, outChannels }: ConvLayer) => {
    const key = formulaKey(name);
    const fanIn = inChannels * kernel ** 2;
    const bound = Math.sqrt(6 / fanIn);
    const vector = (part: string, low: number, high: number) =>
      uniform(`${key}/${part}`, outChannels, [low, high]);
    const weights: ConvWeights = {
      weight: uniform(`${key}/w`, fanIn * outChannels, [-bound, bound]),
      gamma: key.endsWith("c3")
        ? vector("gamma", 0.1, 0.3)
        : vector("gamma", 0.6, 1),
      beta: vector("beta", -0.1, 0.1),
      mean: vector("mean", -0.1, 0.1),
      variance: vector("var", 0.5, 1.5),
    };
    return options.bias
      ? { ...weights, bias: vector("b", -0.05, 0.05) }
      : weights;
  };
}
