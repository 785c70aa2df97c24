/** WebAssembly as a device of tfjs. */

import * as tf from "@tensorflow/tfjs";
import { type Device, startTfjs, type TfjsDevice } from "../tfjs/device.ts";

/** A wasm heap has 32-bit addresses. */
const HEAP_BYTES = 2 ** 32;

/** Loads the package. */
async function openWasm(): Promise<Device> {
  await import("@tensorflow/tfjs-backend-wasm");
  return {
    description: "WebAssembly",
    maxBufferBytes: HEAP_BYTES,
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

/**
 * Starts WebAssembly in this thread, or shares it if it runs.
 *
 * @returns The device, current in tfjs.
 * @throws {BackendUnavailableError} If it does not start.
 */
export function startWasm(): Promise<TfjsDevice> {
  return startTfjs("wasm", openWasm);
}
