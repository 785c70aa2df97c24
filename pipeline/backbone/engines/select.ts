/**
 * Choosing an engine, and saying why.
 *
 * @module
 */

import { BackendUnavailableError } from "../../errors.ts";
import type { Backbone } from "../backbone.ts";
import type { Engine, EngineName } from "../engine.ts";
import { findGpuAdapter } from "./gpu_adapter.ts";
import { createWasmEngine, type WasmOptions } from "./tfjs_wasm.ts";
import { createWebgpuEngine } from "./tfjs_webgpu.ts";

/** An engine by name, or the best that can be had. */
export type EngineChoice = "auto" | EngineName;

/** An engine that is open, with what to tell the user. */
export interface OpenedEngine {
  /** The engine. */
  engine: Engine;
  /** Why an engine before it was passed over, a line each. */
  notes: string[];
}

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

/** Looks at the GPU. */
async function probeWebgpu(): Promise<EngineProbe> {
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
 * Looks at what this machine offers, without opening anything.
 *
 * @returns A probe for each engine, the one that `auto` prefers first.
 */
export async function probeEngines(): Promise<EngineProbe[]> {
  const cores = navigator.hardwareConcurrency;
  const description = `WebAssembly on ${cores} cores`;
  return [
    await probeWebgpu(),
    { name: "wasm", isAvailable: true, description, limits: {} },
  ];
}

/** Opens the GPU if there is a real one that works; says why not otherwise. */
async function tryWebgpu(
  backbone: Backbone,
  options: WasmOptions,
): Promise<Engine | string> {
  const { isAvailable, reason } = await probeWebgpu();
  if (!isAvailable) return reason!;
  try {
    return await createWebgpuEngine(backbone, options);
  } catch (error) {
    if (error instanceof BackendUnavailableError) return error.reason;
    throw error;
  }
}

/**
 * Opens an engine.
 *
 * `auto` takes the GPU where there is a real one that passes its self-test, and
 * wasm otherwise. An engine that was asked for by name is opened or fails: there
 * a software adapter will do.
 *
 * @param choice Name of the engine, or `auto`.
 * @param backbone What to run.
 * @param options The number of workers and the batch size.
 * @returns The engine, and why another one was passed over.
 * @throws {BackendUnavailableError} If the engine cannot be had.
 */
export async function openEngine(
  choice: EngineChoice,
  backbone: Backbone,
  options: WasmOptions = {},
): Promise<OpenedEngine> {
  switch (choice) {
    case "webgpu":
      return { engine: await createWebgpuEngine(backbone, options), notes: [] };
    case "wasm":
      return { engine: await createWasmEngine(backbone, options), notes: [] };
    case "auto": {
      const gpu = await tryWebgpu(backbone, options);
      if (typeof gpu !== "string") return { engine: gpu, notes: [] };
      const engine = await createWasmEngine(backbone, options);
      return { engine, notes: [`webgpu: ${gpu}`] };
    }
    default:
      throw new TypeError(
        `Cannot open engine "${choice satisfies never}" as it must be auto, webgpu or wasm`,
      );
  }
}
