/**
 * Whether each backend is available on this machine. A probe opens nothing and loads no
 * package of a backend.
 */

import type { BackendName } from "./backend.ts";
import { CPU_DESCRIPTION, permitsNativeCode } from "./cpu/runtime.ts";
import { BackendUnavailableError } from "../errors.ts";

/** Whether a backend is available on this machine, and why not. */
export interface BackendProbe {
  /** Name of the backend. */
  name: BackendName;
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

/** Looks for a GPU. */
async function probeWebgpu(): Promise<BackendProbe> {
  const gpu = await findGpuAdapter();
  if (!gpu) {
    const reason = "there is no adapter";
    return { name: "webgpu", isAvailable: false, reason, limits: {} };
  }
  const { adapter, name: description, isFallback } = gpu;
  const limits = Object.fromEntries(
    LIMITS.map((limit) => [limit, adapter.limits[limit]]),
  );
  const probe: BackendProbe = {
    name: "webgpu",
    isAvailable: !isFallback,
    description,
    limits,
  };
  const reason = `the only adapter is ${description}, a software fallback`;
  return isFallback ? { ...probe, reason } : probe;
}

/** Probes `cpu`: whether native code is permitted. */
export async function probeCpu(): Promise<BackendProbe> {
  const isAvailable = await permitsNativeCode();
  const probe: BackendProbe = {
    name: "cpu",
    isAvailable,
    description: CPU_DESCRIPTION,
    limits: {},
  };
  const reason =
    "native code is not permitted: it needs --allow-ffi and --allow-env=ORT_DISABLE_TELEMETRY";
  return isAvailable ? probe : { ...probe, reason };
}

/** Describes the backend that runs everywhere. */
function probeWasm(): BackendProbe {
  const description = `WebAssembly on ${navigator.hardwareConcurrency} cores`;
  return { name: "wasm", isAvailable: true, description, limits: {} };
}

/** How each backend is probed. To look for a GPU loads its driver. */
export const PROBES: Readonly<
  Record<BackendName, () => BackendProbe | Promise<BackendProbe>>
> = { webgpu: probeWebgpu, cpu: probeCpu, wasm: probeWasm };

/**
 * Probes every backend.
 *
 * @returns A probe for each backend: `webgpu`, `cpu`, `wasm`.
 */
export async function probeBackends(): Promise<BackendProbe[]> {
  return await Promise.all(Object.values(PROBES).map((probe) => probe()));
}

/** Loads native code: with the permission, the machine may still have none. */
async function testCpu(probe: BackendProbe): Promise<BackendProbe> {
  if (probe.name !== "cpu" || !probe.isAvailable) return probe;
  try {
    const { testOnnxRuntime } = await import("./cpu/session.ts");
    await testOnnxRuntime();
    return probe;
  } catch (error) {
    if (!(error instanceof BackendUnavailableError)) throw error;
    return { ...probe, isAvailable: false, reason: error.reason };
  }
}

/**
 * Probes every backend as `auto` does, and loads native code.
 *
 * @returns A probe for each engine: `webgpu`, `cpu`, `wasm`.
 */
export async function examineEngines(): Promise<BackendProbe[]> {
  return await Promise.all((await probeBackends()).map(testCpu));
}

/** A GPU as the platform describes it. */
export interface GpuAdapter {
  /** The adapter, from which a device can be requested once. */
  adapter: GPUAdapter;
  name: string;
  /** Whether it is a software adapter. */
  isFallback: boolean;
  /** Largest buffer that a shader can read or write, in bytes. */
  maxBufferBytes: number;
}

/**
 * Looks for a GPU.
 *
 * Its description is read before any device is requested: afterwards the
 * adapter is used up, and reading has failed
 * (https://github.com/tensorflow/tfjs/issues/8518).
 *
 * @returns The fastest adapter, or `undefined` where there is none.
 */
export async function findGpuAdapter(): Promise<GpuAdapter | undefined> {
  const adapter = await navigator.gpu?.requestAdapter({
    powerPreference: "high-performance",
  });
  if (!adapter) return undefined;
  const { info, limits } = adapter;
  const name = info.description || info.device || info.vendor || "unnamed GPU";
  const { maxStorageBufferBindingSize, maxBufferSize } = limits;
  return {
    adapter,
    name,
    isFallback: info.isFallbackAdapter,
    maxBufferBytes: Math.min(maxStorageBufferBindingSize, maxBufferSize),
  };
}
