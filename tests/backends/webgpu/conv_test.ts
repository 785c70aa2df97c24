import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { uniform } from "../../../pipeline/backbone/formula.ts";
import { startWebgpu } from "../../../pipeline/backends/webgpu/device.ts";
import { convolve } from "../../../pipeline/backends/webgpu/kernels.ts";
import { assertAllClose } from "../../support/assert_all_close.ts";
import { HAS_ADAPTER } from "../support.ts";

/** A convolution of the table. */
interface Case {
  /** What is particular to it. */
  name: string;
  /** Side of the kernel. */
  kernel: number;
  /** Distance between two applications. */
  stride: number;
  /** Zeros above and to the left; below and to the right there are as many. */
  padding: number;
  /** Side of the input. */
  side: number;
  /** Channels in and out. */
  channels: [number, number];
  /** Whether something is added. */
  adds: boolean;
  /** Whether negative values become 0. */
  relu: boolean;
}

const usual = { kernel: 1, stride: 1, padding: 0, adds: false, relu: true };

// 7x7 and 5x5 pixels of 3 images are no multiple of a tile, 36 channels neither.
const CASES: Case[] = [
  { ...usual, name: "1x1", side: 7, channels: [32, 64] },
  { ...usual, name: "1x1 in part of a tile", side: 5, channels: [36, 20] },
  { ...usual, name: "1x1 and adds", side: 7, channels: [8, 36], adds: true },
  { ...usual, name: "1x1, no relu", side: 5, channels: [8, 4], relu: false },
  { ...usual, name: "1x1, stride 2", side: 9, channels: [8, 8], stride: 2 },
  {
    ...usual,
    name: "3x3 with zeros around",
    side: 7,
    channels: [36, 8],
    kernel: 3,
    padding: 1,
  },
  {
    ...usual,
    name: "3x3, stride 2, and adds",
    side: 10,
    channels: [4, 40],
    kernel: 3,
    padding: 1,
    stride: 2,
    adds: true,
    relu: false,
  },
];

for (const { name, kernel: k, stride, padding, side, ...rest } of CASES) {
  const { channels: [inChannels, outChannels], adds, relu } = rest;
  Deno.test({
    name: `convolve() computes what tfjs does: ${name}`,
    ignore: !HAS_ADAPTER,
    async fn() {
      const backend = await startWebgpu();
      const before = tf.memory().numTensors;
      const size = Math.floor((side + 2 * padding - k) / stride) + 1;
      const make = <R extends tf.Rank>(
        label: string,
        shape: tf.ShapeMap[R],
      ): tf.Tensor<R> =>
        tf.tensor(
          uniform(label, tf.util.sizeFromShape(shape as number[]), [-1, 1]),
          shape,
        );
      const [actual, expected] = tf.tidy(() => {
        const x = make<tf.Rank.R4>("x", [3, side, side, inChannels]);
        const filter = make<tf.Rank.R4>("k", [k, k, inChannels, outChannels]);
        const bias = make<tf.Rank.R1>("b", [outChannels]);
        const shape: [number, number, number, number] = [
          3,
          size,
          size,
          outChannels,
        ];
        const shortcut = adds ? make<tf.Rank.R4>("s", shape) : undefined;
        const y = convolve(
          { x, kernel: filter, bias, shortcut },
          { stride, top: padding, left: padding, size, relu },
        )!;
        const pad = [padding, padding] as [number, number];
        const conv = tf.conv2d(x, filter, stride, [[0, 0], pad, pad, [0, 0]]);
        const sum = conv.add(bias).add(shortcut ?? 0);
        assertEquals(y.shape, shape);
        return [y, relu ? sum.relu() : sum];
      });
      // Sums of at most 324 products below 1, in 32 bits.
      assertAllClose(await actual!.data(), await expected!.data(), {
        rtol: 1e-5,
        atol: 1e-5,
      });
      tf.dispose([actual!, expected!]);
      assertEquals(tf.memory().numTensors, before);
      await backend.stop();
    },
  });
}

Deno.test({
  name: "convolve() leaves to tfjs what does not fit",
  ignore: !HAS_ADAPTER,
  async fn() {
    const backend = await startWebgpu();
    const shape = { stride: 1, top: 0, left: 0, size: 2, relu: true };
    const [odd, other] = tf.tidy(() => {
      const x = tf.zeros<tf.Rank.R4>([1, 2, 2, 3]);
      const bias = tf.zeros<tf.Rank.R1>([4]);
      return [3, 4].map((channels) => {
        const kernel = tf.zeros<tf.Rank.R4>([1, 1, channels, 4]);
        return [convolve({ x, kernel, bias }, shape)];
      });
    });
    assertEquals([odd, other], [[undefined], [undefined]]);
    await backend.stop();
  },
});
