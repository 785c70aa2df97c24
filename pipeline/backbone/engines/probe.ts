/**
 * What a machine offers for each engine.
 *
 * @module
 */

import { permitsNativeCode } from "../../onnx/runtime.ts";
import type { EngineName } from "../engine.ts";
import { findGpuAdapter } from "./gpu_adapter.ts";

/** What a machine offers for an engine. */
export interface EngineProbe {
  /** Name of the engine. */
  name: EngineName;
  /** Whether `auto` would take it. */
  isAvailable: boolean;
  /** Why not, as the end of a sentence. */
  reason?: string;
  /** What it would run on, for people. */
  description?: string;
  /** Limits that matter, by their names in WebGPU. */
  limits: Record<string, number>;
}

/** Limits of an adapter that decide whether a backbone fits. */
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
] as const;

/**
 * Looks at the GPU, without opening it.
 *
 * @returns What it offers.
 */
export async function probeWebgpu(): Promise<EngineProbe> {
  const gpu = await findGpuAdapter();
  if (!gpu) {
    const reason = "there is no adapter";
    return { name: "webgpu", isAvailable: false, reason, limits: {} };
  }
  const { adapter, name: description, isFallback } = gpu;
  const limits = Object.fromEntries(
    LIMITS.map((limit) => [limit, adapter.limits[limit]]),
  );
  const probe: EngineProbe = {
    name: "webgpu",
    isAvailable: !isFallback,
    description,
    limits,
  };
  const reason = `the only adapter is ${description}, a software fallback`;
  return isFallback ? { ...probe, reason } : probe;
}

/**
 * Looks at whether native code is permitted, without loading any.
 *
 * @returns What the CPU offers.
 */
export async function probeCpu(): Promise<EngineProbe> {
  const isAvailable = await permitsNativeCode();
  const description = `onnxruntime on ${navigator.hardwareConcurrency} cores`;
  const probe: EngineProbe = {
    name: "cpu",
    isAvailable,
    description,
    limits: {},
  };
  const reason =
    "native code is not permitted, which takes --allow-ffi and --allow-env=ORT_DISABLE_TELEMETRY";
  return isAvailable ? probe : { ...probe, reason };
}

/** Describes what runs everywhere. */
function probeWasm(): EngineProbe {
  const description = `WebAssembly on ${navigator.hardwareConcurrency} cores`;
  return { name: "wasm", isAvailable: true, description, limits: {} };
}

/**
 * Looks at what this machine offers, without opening anything.
 *
 * @returns A probe for each engine, the one that `auto` prefers first.
 */
export async function probeEngines(): Promise<EngineProbe[]> {
  return [await probeWebgpu(), await probeCpu(), probeWasm()];
}
