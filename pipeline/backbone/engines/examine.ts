/**
 * What a machine offers for each engine, tried out where a look does not tell.
 *
 * @module
 */

import { BackendUnavailableError } from "../../errors.ts";
import { testOnnxRuntime } from "./onnx_session.ts";
import { type EngineProbe, probeEngines } from "./probe.ts";

/** Loads native code: that it is permitted does not say that there is any. */
async function tryCpu(probe: EngineProbe): Promise<EngineProbe> {
  if (probe.name !== "cpu" || !probe.isAvailable) return probe;
  try {
    await testOnnxRuntime();
    return probe;
  } catch (error) {
    if (!(error instanceof BackendUnavailableError)) throw error;
    return { ...probe, isAvailable: false, reason: error.reason };
  }
}

/**
 * Tells what this machine offers, as `auto` would find it.
 *
 * @returns A probe for each engine, the one that `auto` prefers first.
 */
export async function examineEngines(): Promise<EngineProbe[]> {
  return await Promise.all((await probeEngines()).map(tryCpu));
}
