/**
 * Heads and products on a device of tfjs.
 *
 * @module
 */

import type { Compute } from "../backend.ts";
import type { TfjsDevice } from "./device.ts";
import { tfjsHeads } from "./head.ts";
import { tfjsMultiply } from "./multiply.ts";
import { testTfjs } from "./self_test.ts";
import type { SlotClass } from "./slot.ts";

/**
 * Tests a device and makes it run heads and products.
 *
 * @param device The device, which is stopped if it fails.
 * @param Slot How it holds a parameter.
 * @returns What runs them.
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
    multiply: tfjsMultiply,
    check: () => device.check(),
    close: () => device.stop(),
  };
}
