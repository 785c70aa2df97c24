/**
 * Loading onnxruntime, native code that runs ONNX models on the CPU.
 *
 * It is loaded when it is asked for and not before: whoever does not want native
 * code never meets it.
 *
 * @module
 */

/** The package. */
export type OnnxRuntime = typeof import("onnxruntime-node");

/**
 * Tells whether this process may load native code.
 *
 * @returns Whether it runs with `--allow-ffi`; nobody is asked.
 */
export async function permitsNativeCode(): Promise<boolean> {
  const { state } = await Deno.permissions.query({ name: "ffi" });
  return state === "granted";
}

/**
 * Loads the package.
 *
 * @returns The package.
 * @throws {Error} If native code is not permitted, or there is none for this machine.
 */
export async function loadOnnxRuntime(): Promise<OnnxRuntime> {
  const { default: runtime } = await import("onnxruntime-node");
  return runtime;
}
