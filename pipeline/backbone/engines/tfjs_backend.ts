/**
 * Starting and stopping a tfjs backend; the only file that configures tfjs.
 *
 * tfjs keeps one current backend for the whole thread, so backends are shared:
 * each start is matched by a stop, and the last stop frees the backend.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { BackendUnavailableError } from "../../errors.ts";
import type { EngineName } from "../engine.ts";
import { findGpuAdapter, type GpuAdapter } from "./gpu_adapter.ts";
import { registerWebgpuKernels } from "./webgpu_kernels.ts";

/** An engine that tfjs runs; its backend has the same name. */
export type TfjsName = Exclude<EngineName, "cpu">;

/** A tfjs backend that runs in this thread. */
export interface TfjsBackend {
  /** Name of the backend, in tfjs and here. */
  readonly name: TfjsName;
  /** What it runs on, for people. */
  readonly description: string;
  /** Largest tensor it can hold, in bytes. */
  readonly maxBufferBytes: number;
  /** Whether it is software that only pretends to be a GPU. */
  readonly isFallback: boolean;
  /**
   * Makes it the current backend of tfjs, until another one is used.
   *
   * @throws {BackendUnavailableError} If it has reported an error.
   */
  use(): void;
  /**
   * Throws if the device has reported an error, even one that no call returned.
   *
   * @throws {BackendUnavailableError} If it has.
   */
  check(): void;
  /**
   * Compiles what a piece of work runs, without running it; its results are
   * nothing. Only a GPU has anything to compile.
   *
   * @param work Calls tfjs, and frees what it gets.
   * @throws {BackendUnavailableError} If the device does not compile it.
   */
  compile(work: () => void): Promise<void>;
  /** Frees it, if everyone who started it has stopped it. Once for each start. */
  stop(): Promise<void>;
}

/** What is particular to a backend. */
interface Device {
  description: string;
  maxBufferBytes: number;
  isFallback: boolean;
  /** The first error that the device reported by itself. */
  failure: string | undefined;
  /** Compiles what a piece of work runs. */
  compile(work: () => void): Promise<void>;
  /** Frees it, so that it can be started again. */
  destroy(): void;
}

/** A backend and how many have started it. */
interface Shared {
  device: Promise<Device>;
  users: number;
}

/** The backends that run in this thread. */
const RUNNING = new Map<TfjsName, Shared>();

/** A wasm heap has 32-bit addresses. */
const WASM_HEAP_BYTES = 2 ** 32;

/** Limits that tfjs plans its shaders by; a device has the defaults unless asked for more. */
const LIMITS = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;

/** Has tfjs compile all that a piece of work runs, at once where it can be. */
async function compilePrograms(
  work: () => void,
  device: GPUDevice,
): Promise<void> {
  tf.env().set("WEBGPU_ENGINE_COMPILE_ONLY", true);
  try {
    work();
  } finally {
    tf.env().set("WEBGPU_ENGINE_COMPILE_ONLY", false);
  }
  try {
    await (tf.backend() as WebGPUBackend).checkCompileCompletionAsync();
  } finally {
    // What is wrong with a shader is reported by itself, and later.
    await device.queue.onSubmittedWorkDone();
  }
}

/** Requests the device of an adapter and registers it with tfjs. */
async function openGpu(gpu: GpuAdapter): Promise<Device> {
  const { adapter, name, maxBufferBytes, isFallback } = gpu;
  const { WebGPUBackend } = await import("@tensorflow/tfjs-backend-webgpu");
  // Small tensors would run on the CPU backend otherwise.
  tf.env().set("WEBGPU_CPU_FORWARD", false);
  const { info } = adapter;
  const requiredLimits = Object.fromEntries(
    LIMITS.map((limit) => [limit, adapter.limits[limit]]),
  );
  const device = await adapter.requestDevice({ requiredLimits });
  const state: Device = {
    description: name,
    maxBufferBytes,
    isFallback,
    failure: undefined,
    compile: (work) => compilePrograms(work, device),
    destroy() {
      tf.removeBackend("webgpu");
      device.destroy();
    },
  };
  // Shader and memory errors reach nobody else: results would just be zeros
  // (https://github.com/tensorflow/tfjs/issues/6842).
  device.addEventListener("uncapturederror", (event) => {
    event.preventDefault();
    state.failure ??= (event as GPUUncapturedErrorEvent).error.message;
  });
  // The package registers a start-up of its own, which asks for features that
  // Deno does not know (https://github.com/denoland/webgpu-examples/issues/22).
  if (tf.findBackendFactory("webgpu")) tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => new WebGPUBackend(device, info));
  registerWebgpuKernels();
  return state;
}

/** Finds a GPU and opens it. */
async function startWebgpu(): Promise<Device> {
  const gpu = await findGpuAdapter();
  if (!gpu) {
    throw new BackendUnavailableError("webgpu", "there is no adapter");
  }
  return await openGpu(gpu);
}

/** Loads the wasm backend. */
async function startWasm(): Promise<Device> {
  await import("@tensorflow/tfjs-backend-wasm");
  return {
    description: "WebAssembly",
    maxBufferBytes: WASM_HEAP_BYTES,
    isFallback: false,
    failure: undefined,
    compile: () => Promise.resolve(),
    destroy() {
      const factory = tf.findBackendFactory("wasm");
      tf.removeBackend("wasm");
      // Importing the package a second time would not register it again.
      tf.registerBackend("wasm", factory);
    },
  };
}

/** Starts a backend and makes tfjs initialize it. */
async function start(name: TfjsName): Promise<Device> {
  // In production mode tfjs keeps its advice on tfjs-node to itself.
  tf.enableProdMode();
  try {
    const device = name === "webgpu" ? await startWebgpu() : await startWasm();
    if (await tf.setBackend(name)) return device;
  } catch (error) {
    if (error instanceof BackendUnavailableError) throw error;
    const reason = `it does not start: ${(error as Error).message}`;
    throw new BackendUnavailableError(name, reason, { cause: error });
  }
  throw new BackendUnavailableError(name, "tfjs does not start it");
}

/**
 * Starts a tfjs backend in this thread, or shares the one that runs.
 *
 * @param name Name of the backend.
 * @returns The backend, current in tfjs.
 * @throws {BackendUnavailableError} If it cannot be had on this machine.
 */
export async function startTfjs(name: TfjsName): Promise<TfjsBackend> {
  const shared = RUNNING.get(name) ?? { device: start(name), users: 0 };
  RUNNING.set(name, shared);
  shared.users++;
  let device: Device;
  try {
    device = await shared.device;
  } catch (error) {
    if (RUNNING.get(name) === shared) RUNNING.delete(name);
    throw error;
  }
  let isStopped = false;
  const { description, maxBufferBytes, isFallback } = device;
  const backend: TfjsBackend = {
    name,
    description,
    maxBufferBytes,
    isFallback,
    use() {
      backend.check();
      // Not awaited: for a backend that runs, tfjs switches at once.
      if (tf.getBackend() !== name) void tf.setBackend(name);
    },
    check() {
      if (device.failure === undefined) return;
      const reason = `the device has reported an error: ${device.failure}`;
      throw new BackendUnavailableError(name, reason);
    },
    async compile(work) {
      backend.use();
      try {
        await device.compile(work);
      } catch (error) {
        // What the device has reported says more than what is thrown.
        backend.check();
        const reason = `it does not compile: ${(error as Error).message}`;
        throw new BackendUnavailableError(name, reason, { cause: error });
      }
      backend.check();
    },
    stop() {
      if (!isStopped && --shared.users === 0) {
        RUNNING.delete(name);
        device.destroy();
      }
      isStopped = true;
      return Promise.resolve();
    },
  };
  backend.use();
  return backend;
}
