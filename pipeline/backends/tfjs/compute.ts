/** Heads and products on a device of tfjs. */

import * as tf from "@tensorflow/tfjs";
import type { Compute } from "../backend.ts";
import { testTfjs, type TfjsDevice } from "./device.ts";
import { type SlotClass, tfjsHeads } from "./head.ts";
import { type Multiply, transpose } from "../../numeric/matrices.ts";

/**
 * Multiplies on the device that is current.
 *
 * The right matrix is transposed before: on wasm, `matMul` with `transposeB` takes
 * another path, which is 35 times slower.
 */
const multiply: Multiply = async (a, b, size) => {
  const m = b.length / size;
  const product = tf.tidy(() =>
    tf.matMul(
      tf.tensor2d(a, [a.length / size, size]),
      tf.tensor2d(transpose(b, m, size), [size, m]),
    )
  );
  try {
    return await product.data() as Float32Array;
  } finally {
    product.dispose();
  }
};

/**
 * Tests a device and makes it run heads and products.
 *
 * @param device The device, which is stopped if it fails.
 * @throws {BackendUnavailableError} If the device fails the self-test.
 */
export async function openTfjsCompute(
  device: TfjsDevice,
  Slot: SlotClass,
): Promise<Compute> {
  try {
    await testTfjs(device);
    device.use();
  } catch (error) {
    await device.stop();
    throw error;
  }
  const { name, description } = device;
  return {
    name,
    description,
    openHead: tfjsHeads(Slot),
    multiply,
    check: () => device.check(),
    close: () => device.stop(),
  };
}
