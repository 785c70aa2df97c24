/**
 * What the programs that are measured read: the weight file, and images.
 *
 * @module
 */

import {
  decodeSafetensors,
  type Tensor,
} from "../../pipeline/artifact/safetensors.ts";
import type { Backbone } from "../../pipeline/backbone/fold.ts";
import { PROFILES } from "../../pipeline/image/preprocessing.ts";
import { readBackbone } from "../../pipeline/weights/mod.ts";

/** Reads the tensors of the weight file. */
export async function readTensors(path: string): Promise<Map<string, Tensor>> {
  return decodeSafetensors(await Deno.readFile(path), path).tensors;
}

/** Reads the weight file as the project does, with the old script's means. */
export async function readNetwork(
  path: string,
  imageSize: number,
): Promise<Backbone> {
  const { normalization } = PROFILES.seed;
  const tensors = await readTensors(path);
  const options = { path, imageSize, normalization, overwrites: true };
  return readBackbone(tensors, options);
}

/**
 * Makes images that look random, the same in every program: U8
 * `[count, S, S, 3]`, the upper 8 bits of `(i + 1) 0x9E3779B1` in 32.
 */
export function noiseImages(count: number, imageSize: number): Uint8Array {
  const pixels = new Uint8Array(count * imageSize ** 2 * 3);
  for (let i = 0; i < pixels.length; i++) {
    pixels[i] = Math.imul(i + 1, 0x9e3779b1) >>> 24;
  }
  return pixels;
}

/** The same images minus the old script's means, F32. */
export function noisePixels(count: number, imageSize: number): Float32Array {
  const { mean } = PROFILES.seed.normalization;
  const images = noiseImages(count, imageSize);
  return Float32Array.from(images, (level, i) => level - mean[i % 3]!);
}
