/**
 * Heads and products on `wasm`: tfjs in this thread.
 *
 * @module
 */

import type { Compute } from "../backend.ts";
import { openTfjsCompute } from "../tfjs/compute.ts";
import { startWasm } from "./device.ts";
import { KernelSlot } from "./kernel_slot.ts";

/** Opens tfjs in this thread; see `Backend.openCompute`. */
export async function openCompute(): Promise<Compute> {
  return await openTfjsCompute(await startWasm(), KernelSlot);
}
