/**
 * From stored pixels to the numbers of the first layer, on the GPU.
 *
 * An image is uploaded once, as bytes, and both views are made of it: a quarter
 * of the bytes of floats, or an eighth.
 */

import type { TensorInfo } from "@tensorflow/tfjs";
import type {
  WebGPUBackend,
  WebGPUProgram,
} from "@tensorflow/tfjs-backend-webgpu";

/** Input tensors of the shader. */
export interface PixelInputs {
  /** U8 `[images, S, S, 3]`, RGB, as I32 of 4 bytes each, the first the lowest. */
  bytes: TensorInfo;
  /** The number of each level, F32 `[3, 256]`: one row a channel of the backbone. */
  levels: TensorInfo;
}

/** Layout of the output. */
export interface PixelLayout {
  /** Images that are embedded, at most as many as were uploaded. */
  count: number;
  /** Whether all of a view is mirrored, by view. One view, or two. */
  flips: readonly boolean[];
  /** Channel of the image that is the first of the backbone: 0, or 2 for BGR. */
  firstChannel: 0 | 2;
  /** Rows of the batch; those after all views of all images do not matter. */
  batch: number;
  /** Side S of an image, in pixels. */
  imageSize: number;
}

/** Threads of a workgroup, one a number. */
const WORKGROUP = 128;

/** The shader. Numbers are looked up, so that they are those of the CPU to the bit. */
const SOURCE = `
  fn main(index: i32) {
    if (index >= uniforms.size) {
      return;
    }
    let side = uniforms.outShape.y;
    let channel = index % 3;
    let column = index / 3 % side;
    let line = index / 3 / side;
    let image = line / side % uniforms.count;
    let view = min(line / side / uniforms.count, 1);
    let isFlipped = select(uniforms.flips.x, uniforms.flips.y, view == 1) == 1;
    let at = select(column, side - 1 - column, isFlipped);
    let pixel = (image * side + line % side) * side + at;
    let byte = pixel * 3 + abs(uniforms.firstChannel - channel);
    let level = (bytes[byte / 4] >> (8u * u32(byte % 4))) & 255;
    result[index] = levels[channel * 256 + level];
  }`;

/**
 * Normalizes images, in each of their views.
 *
 * @param inputs Images, and the number of each level.
 * @returns F32 `[batch, S, S, 3]`, the first view of all images first.
 */
export function runPixels(
  backend: WebGPUBackend,
  { bytes, levels }: PixelInputs,
  layout: PixelLayout,
): TensorInfo {
  const { count, flips, firstChannel, batch, imageSize } = layout;
  const outputShape = [batch, imageSize, imageSize, 3];
  const size = batch * imageSize ** 2 * 3;
  const program: WebGPUProgram = {
    shaderKey: "unpackPixels",
    variableNames: ["bytes", "levels"],
    variableComponents: [1, 1],
    outputShape,
    size: true,
    uniforms: "flips : vec2<i32>, count : i32, firstChannel : i32,",
    workgroupSize: [WORKGROUP, 1, 1],
    dispatchLayout: { x: [0, 1, 2, 3] },
    dispatch: [Math.ceil(size / WORKGROUP), 1, 1],
    getUserCode: () => SOURCE,
  };
  return backend.runWebGPUProgram(program, [bytes, levels], "float32", [
    { type: "int32", data: [Number(flips[0]), Number(flips[1] ?? flips[0])] },
    { type: "int32", data: [count] },
    { type: "int32", data: [firstChannel] },
  ]);
}
