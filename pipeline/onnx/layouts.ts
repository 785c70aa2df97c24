/** Windows as ONNX has them. */

import type { Padding } from "../backbone/layers.ts";

/** A window that moves over an image. */
interface Window {
  /** Side of the window, in pixels. */
  kernel: number;
  /** Distance between two applications, in pixels. */
  stride: number;
  padding: Padding;
}

/** Returns the attributes of a convolution or a pool; padding has the starts, then the ends. */
export function windowAttributes({ kernel, stride, padding }: Window) {
  const { top, left, bottom, right } = padding;
  return {
    kernel_shape: [kernel, kernel],
    strides: [stride, stride],
    pads: [top, left, bottom, right],
  };
}
