/**
 * A convolution on the GPU, in one dispatch: with its bias, with the addition of
 * the shortcut that ends a block, and with the relu.
 *
 * tfjs has a shader for the convolution with its bias, another for the addition,
 * and another for the relu; the last two read and write the largest activations
 * of the network to do next to nothing. It also starts a new tile of pixels with
 * each image: 7x7 pixels take two tiles of 32, so that a quarter is padding.
 * Here the pixels of all images are the rows of one matrix.
 */

import type { TensorInfo } from "@tensorflow/tfjs";
import type {
  WebGPUBackend,
  WebGPUProgram,
} from "@tensorflow/tfjs-backend-webgpu";
import type { ConvShape } from "../tfjs/forward.ts";
import { HALVES } from "./halves.ts";

/** Input tensors of the convolution; in half precision `x`, `kernel` and `shortcut` have two numbers in an I32. */
export interface ConvInputs {
  /** F32 `[n, H, W, inChannels]`, or halves I32 `[n, H, W, inChannels / 2]`. */
  x: TensorInfo;
  /** F32 `[kernel, kernel, inChannels, outChannels]`, or halves I32 `[…, outChannels / 2]`. */
  kernel: TensorInfo;
  /** F32 `[outChannels]`. */
  bias: TensorInfo;
  /** Added to the result, F32 `[n, size, size, outChannels]`, if anything. */
  shortcut?: TensorInfo | undefined;
}

/** The shape of a convolution that may give halves. */
export interface HalfConvShape extends ConvShape {
  /** Whether the result is rounded to halves. @default {false} */
  halfResult?: boolean;
}

/** Side of the square of outputs that a workgroup computes: pixels by channels. */
const TILE = 32;

/** Pixels, and channels, that a thread computes: 64 threads compute a square. */
const PER_THREAD = 4;

/** Reads four numbers, F32 or halves. */
function load(place: string, half: boolean): string {
  return half ? `toFloats(${place})` : place;
}

/**
 * Makes the shader: for each pixel of the kernel, a product of matrices.
 *
 * Tiles and accumulators are those of the matrix product of tfjs
 * (`matmul_packed_webgpu.ts`, Apache-2.0), so that it runs well on the devices
 * that tfjs is tuned for, and sums in the same order. Where a pixel lies is found once for
 * all of its channels, not once for each four.
 */
const makeSource = (
  { hasShortcut, relu, half, halfResult }: {
    hasShortcut: boolean;
    relu: boolean;
    half: boolean;
    halfResult: boolean;
  },
) => `
${half ? HALVES : ""}
  var<workgroup> tileX: array<array<vec4<f32>, 8>, ${TILE}>;
  var<workgroup> tileKernel: array<array<vec4<f32>, 8>, ${TILE}>;

  fn main() {
    let rows = uniforms.outShape.x * uniforms.outShape.y * uniforms.outShape.z;
    let height = uniforms.xShape.y;
    let width = uniforms.xShape.z;
    let depth = uniforms.xShape.w / ${half ? 2 : 4};
    let side = uniforms.kernelShape.x;
    let columns = uniforms.kernelShape.w / ${half ? 2 : 4};
    let localRow = i32(localId.y) * ${PER_THREAD};
    let localColumn = i32(localId.x);
    let row = i32(globalId.y) * ${PER_THREAD};
    let column = i32(globalId.x);

    // Where the window of each pixel begins.
    var image: array<i32, ${PER_THREAD}>;
    var top: array<i32, ${PER_THREAD}>;
    var left: array<i32, ${PER_THREAD}>;
    for (var i = 0; i < ${PER_THREAD}; i++) {
      let line = (row + i) / uniforms.outShape.z;
      image[i] = line / uniforms.outShape.y * height;
      top[i] = line % uniforms.outShape.y * uniforms.stride - uniforms.top;
      left[i] = (row + i) % uniforms.outShape.z * uniforms.stride - uniforms.left;
    }

    var sums: array<vec4<f32>, ${PER_THREAD}>;
    for (var tap = 0; tap < side * side; tap++) {
      // Where the channels of each pixel begin, or -1 where there is none.
      var pixels: array<i32, ${PER_THREAD}>;
      for (var i = 0; i < ${PER_THREAD}; i++) {
        let y = top[i] + tap / side;
        let z = left[i] + tap % side;
        pixels[i] = -1;
        if (row + i < rows && y >= 0 && y < height && z >= 0 && z < width) {
          pixels[i] = ((image[i] + y) * width + z) * depth;
        }
      }
      for (var start = 0; start < depth; start += ${TILE / 4}) {
        let channel = start + localColumn;
        for (var i = 0; i < ${PER_THREAD}; i++) {
          var value = vec4<f32>(0.0);
          if (pixels[i] >= 0 && channel < depth) {
            value = ${load("x[pixels[i] + channel]", half)};
          }
          tileX[localRow + i][localColumn] = value;
          let inner = start * 4 + localRow + i;
          value = vec4<f32>(0.0);
          if (inner < depth * 4 && column < columns) {
            value = ${
  load("kernel[(tap * depth * 4 + inner) * columns + column]", half)
};
          }
          tileKernel[localRow + i][localColumn] = value;
        }
        workgroupBarrier();
        for (var k = 0; k < ${TILE / 4}; k++) {
          let first = tileKernel[k * 4][localColumn];
          let second = tileKernel[k * 4 + 1][localColumn];
          let third = tileKernel[k * 4 + 2][localColumn];
          let fourth = tileKernel[k * 4 + 3][localColumn];
          for (var i = 0; i < ${PER_THREAD}; i++) {
            let value = tileX[localRow + i][k];
            sums[i] = fma(first, vec4<f32>(value.x), sums[i]);
            sums[i] = fma(second, vec4<f32>(value.y), sums[i]);
            sums[i] = fma(third, vec4<f32>(value.z), sums[i]);
            sums[i] = fma(fourth, vec4<f32>(value.w), sums[i]);
          }
        }
        workgroupBarrier();
      }
    }

    if (column < columns) {
      for (var i = 0; i < ${PER_THREAD}; i++) {
        if (row + i < rows) {
          let index = (row + i) * columns + column;
          let sum = sums[i] + bias[column]${
  hasShortcut ? ` + ${load("shortcut[index]", half)}` : ""
};
          let value = ${relu ? "max(sum, vec4<f32>(0.0))" : "sum"};
          result[index] = ${halfResult ? "fromFloats(value)" : "value"};
        }
      }
    }
  }`;

/** Returns whether the shader can compute a convolution: it reads 4 channels at once. */
export function fitsConv(inChannels: number, outChannels: number): boolean {
  return inChannels % 4 === 0 && outChannels % 4 === 0;
}

/**
 * Convolves, adds and rectifies.
 *
 * @param tensors What is convolved; all channels are multiples of 4.
 * @returns F32 `[n, size, size, outChannels]`, or halves I32 `[n, size, size, outChannels / 2]`.
 */
export function runConv(
  backend: WebGPUBackend,
  { x, kernel, bias, shortcut }: ConvInputs,
  { stride, top, left, size, relu, halfResult = false }: HalfConvShape,
): TensorInfo {
  const batch = x.shape[0]!;
  const channels = bias.shape[0]!;
  const half = x.dtype === "int32";
  const inputs = { x, kernel, bias, ...shortcut && { shortcut } };
  const variableNames = Object.keys(inputs);
  const rows = batch * size ** 2;
  const program: WebGPUProgram = {
    shaderKey: `foldedConv_${relu}_${half}_${halfResult}`,
    variableNames,
    variableComponents: variableNames.map((name) =>
      half && name !== "bias" ? 2 : 4
    ),
    outputComponent: halfResult ? 2 : 4,
    outputShape: [batch, size, size, halfResult ? channels / 2 : channels],
    uniforms: "stride : i32, top : i32, left : i32,",
    workgroupSize: [TILE / PER_THREAD, TILE / PER_THREAD, 1],
    dispatchLayout: { x: [3], y: [0, 1, 2] },
    dispatch: [Math.ceil(channels / TILE), Math.ceil(rows / TILE), 1],
    getUserCode: () => {
      const hasShortcut = shortcut !== undefined;
      return makeSource({ hasShortcut, relu, half, halfResult });
    },
  };
  return backend.runWebGPUProgram(
    program,
    Object.values(inputs),
    halfResult ? "int32" : "float32",
    [stride, top, left].map((value) => ({ type: "int32", data: [value] })),
  );
}
