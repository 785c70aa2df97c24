/** The GPU as a device of tfjs. */

import * as tf from "@tensorflow/tfjs";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { BackendUnavailableError } from "../../errors.ts";
import { findGpuAdapter, type GpuAdapter } from "../probe.ts";
import { type Device, startTfjs, type TfjsDevice } from "../tfjs/device.ts";
import { convolve, registerWebgpuKernels } from "./kernels.ts";

/** Limits that tfjs plans its shaders by; a device has the defaults unless asked for more. */
const LIMITS = [
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;

/** Makes tfjs compile all shaders that some work runs, in parallel where it can. */
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
    // Errors of a shader are reported only once the queue has run it.
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
    convolve,
    compile: (work) => compilePrograms(work, device),
    destroy() {
      tf.removeBackend("webgpu");
      device.destroy();
    },
  };
  // No call returns shader and memory errors: results would just be zeros
  // (https://github.com/tensorflow/tfjs/issues/6842).
  device.addEventListener("uncapturederror", (event) => {
    event.preventDefault();
    state.failure ??= (event as GPUUncapturedErrorEvent).error.message;
  });
  // The package registers its own start-up, which asks for features that
  // Deno does not know (https://github.com/denoland/webgpu-examples/issues/22).
  if (tf.findBackendFactory("webgpu")) tf.removeBackend("webgpu");
  tf.registerBackend("webgpu", () => new WebGPUBackend(device, info));
  registerWebgpuKernels();
  return state;
}

async function openFirstGpu(): Promise<Device> {
  const gpu = await findGpuAdapter();
  if (gpu) return await openGpu(gpu);
  throw new BackendUnavailableError("webgpu", "there is no adapter");
}

/**
 * Starts the GPU in this thread, or shares it if it runs.
 *
 * @returns The device, current in tfjs.
 * @throws {BackendUnavailableError} If there is no adapter, or it does not start.
 */
export function startWebgpu(): Promise<TfjsDevice> {
  return startTfjs("webgpu", openFirstGpu);
}
