/** Heads and products on `webgpu`: tfjs in this thread. */

import type { Compute } from "../backend.ts";
import { openTfjsCompute } from "../tfjs/compute.ts";
import { DeviceSlot } from "../tfjs/head.ts";
import { startWebgpu } from "./device.ts";

/** Opens tfjs in this thread; see `Backend.openCompute`. */
export async function openCompute(): Promise<Compute> {
  return await openTfjsCompute(await startWebgpu(), DeviceSlot);
}
