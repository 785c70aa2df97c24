/**
 * Numbers in half precision on the GPU, two in each I32: they take half the memory
 * and half the time to read and write. Sums stay in single precision.
 *
 * WGSL unpacks them on every device (`unpack2x16float`), so that the feature
 * `shader-f16` is not needed; tfjs has no type for them, and sees integers.
 *
 * Source: WebGPU Shading Language, section 17.9 to 17.10 (packing).
 */

import type { TensorInfo } from "@tensorflow/tfjs";
import type {
  WebGPUBackend,
  WebGPUProgram,
} from "@tensorflow/tfjs-backend-webgpu";
import type { PoolLayer } from "../../backbone/layers.ts";
import type { PixelInputs, PixelLayout } from "./pixels.ts";

/** Functions of a shader between four halves and four floats. */
export const HALVES = `
  fn toFloats(words : vec2<i32>) -> vec4<f32> {
    return vec4<f32>(
      unpack2x16float(u32(words.x)), unpack2x16float(u32(words.y)));
  }
  fn fromFloats(values : vec4<f32>) -> vec2<i32> {
    return vec2<i32>(
      i32(pack2x16float(values.xy)), i32(pack2x16float(values.zw)));
  }`;

/** Threads of a workgroup, four numbers each. */
const WORKGROUP = 64;

/**
 * Rounds numbers to halves, to nearest, and puts two in each word.
 *
 * @param values An even count of numbers.
 */
export function toHalves(values: Float32Array): Int32Array<ArrayBuffer> {
  return new Int32Array(new Float16Array(values).buffer);
}

/** Runs a shader with a thread for each four numbers of a result of halves. */
function runByFours(
  backend: WebGPUBackend,
  inputs: Record<string, { tensor: TensorInfo; components: 1 | 2 }>,
  program: {
    key: string;
    shape: [number, number, number, number];
    uniforms: [name: string, value: number][];
    source: string;
  },
): TensorInfo {
  const { key, shape, uniforms, source } = program;
  const [batch, height, width, channels] = shape;
  const size = batch * height * width * channels / 4;
  const tensors = Object.values(inputs);
  const described: WebGPUProgram = {
    shaderKey: key,
    variableNames: Object.keys(inputs),
    variableComponents: tensors.map(({ components }) => components),
    outputComponent: 2,
    outputShape: [batch, height, width, channels / 2],
    size: true,
    uniforms: uniforms.map(([name]) => `${name} : i32,`).join(" "),
    workgroupSize: [WORKGROUP, 1, 1],
    dispatchLayout: { x: [0, 1, 2, 3] },
    dispatch: [Math.ceil(size / WORKGROUP), 1, 1],
    getUserCode: () => HALVES + source,
  };
  return backend.runWebGPUProgram(
    described,
    tensors.map(({ tensor }) => tensor),
    "int32",
    uniforms.map(([, value]) => ({ type: "int32", data: [value] })),
  );
}

/** The shader of the pool. Its input went through a relu, so that zeros never win. */
const POOL = `
  fn main(index : i32) {
    if (index >= uniforms.size) {
      return;
    }
    let fours = uniforms.outShape.w / 2;
    let channel = index % fours;
    let column = index / fours % uniforms.outShape.z;
    let line = index / fours / uniforms.outShape.z;
    let image = line / uniforms.outShape.y * uniforms.xShape.y;
    let top = line % uniforms.outShape.y * uniforms.stride - uniforms.top;
    let left = column * uniforms.stride - uniforms.left;
    var most = vec4<f32>(0.0);
    for (var i = 0; i < uniforms.side; i++) {
      let y = top + i;
      if (y < 0 || y >= uniforms.xShape.y) {
        continue;
      }
      for (var j = 0; j < uniforms.side; j++) {
        let z = left + j;
        if (z < 0 || z >= uniforms.xShape.z) {
          continue;
        }
        let place = ((image + y) * uniforms.xShape.z + z) * fours + channel;
        most = max(most, toFloats(x[place]));
      }
    }
    result[index] = fromFloats(most);
  }`;

/**
 * Takes the largest of each window.
 *
 * @param x Halves that are not negative, I32 `[n, H, W, C / 2]`.
 * @returns Halves, I32 `[n, size, size, C / 2]`.
 */
export function runHalfPool(
  backend: WebGPUBackend,
  x: TensorInfo,
  { kernel, stride, padding, size, outChannels }: PoolLayer,
): TensorInfo {
  return runByFours(backend, { x: { tensor: x, components: 2 } }, {
    key: "halfMaxPool",
    shape: [x.shape[0]!, size, size, outChannels],
    uniforms: [
      ["side", kernel],
      ["stride", stride],
      ["top", padding.top],
      ["left", padding.left],
    ],
    source: POOL,
  });
}

/** The shader of the pixels, as that of `pixels.ts`; the fourth channel is 0. */
const PIXELS = `
  fn level(pixel : i32, channel : i32) -> f32 {
    let byte = pixel * 3 + abs(uniforms.firstChannel - channel);
    let value = (bytes[byte / 4] >> (8u * u32(byte % 4))) & 255;
    return levels[channel * 256 + value];
  }

  fn main(index : i32) {
    if (index >= uniforms.size) {
      return;
    }
    let side = uniforms.outShape.y;
    let column = index % side;
    let line = index / side;
    let image = line / side % uniforms.count;
    let view = min(line / side / uniforms.count, 1);
    let isFlipped = select(uniforms.first, uniforms.second, view == 1) == 1;
    let at = select(column, side - 1 - column, isFlipped);
    let pixel = (image * side + line % side) * side + at;
    result[index] = fromFloats(
      vec4<f32>(level(pixel, 0), level(pixel, 1), level(pixel, 2), 0.0));
  }`;

/**
 * Normalizes images, in each of their views.
 *
 * @param inputs Images, and the number of each level.
 * @returns Halves with a fourth channel of zeros, I32 `[batch, S, S, 2]`, the first view of all images first.
 */
export function runHalfPixels(
  backend: WebGPUBackend,
  { bytes, levels }: PixelInputs,
  { count, flips, firstChannel, batch, imageSize }: PixelLayout,
): TensorInfo {
  const inputs = {
    bytes: { tensor: bytes, components: 1 },
    levels: { tensor: levels, components: 1 },
  } as const;
  return runByFours(backend, inputs, {
    key: "halfPixels",
    shape: [batch, imageSize, imageSize, 4],
    uniforms: [
      ["count", count],
      ["firstChannel", firstChannel],
      ["first", Number(flips[0])],
      ["second", Number(flips[1] ?? flips[0])],
    ],
    source: PIXELS,
  });
}
