/**
 * Finding the GPU, without opening it.
 *
 * @module
 */

/** A GPU as the platform describes it. */
export interface GpuAdapter {
  /** The adapter, from which a device can be requested once. */
  adapter: GPUAdapter;
  name: string;
  /** Whether it is software that only pretends to be a GPU. */
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
