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
 * The environment variable that turns off the telemetry of onnxruntime.
 *
 * Its builds for Linux and macOS otherwise keep a device id and a database of
 * events in the user's cache, and upload them past Deno's permissions. The
 * library reads the variable when it is loaded.
 * Source: https://github.com/microsoft/onnxruntime/pull/27379
 */
const DISABLE_TELEMETRY = "ORT_DISABLE_TELEMETRY";

/**
 * Tells whether this process may load native code, and may forbid it to send
 * anything.
 *
 * @returns Whether it runs with `--allow-ffi` and `--allow-env`; nobody is asked.
 */
export async function permitsNativeCode(): Promise<boolean> {
  const needed = [
    { name: "ffi" },
    { name: "env", variable: DISABLE_TELEMETRY },
  ] as const;
  const answers = await Promise.all(
    needed.map((permission) => Deno.permissions.query(permission)),
  );
  return answers.every(({ state }) => state === "granted");
}

/**
 * Loads the package, with its telemetry off.
 *
 * @returns The package.
 * @throws {Error} If native code is not permitted, its telemetry cannot be turned off, or there is none for this machine.
 */
export async function loadOnnxRuntime(): Promise<OnnxRuntime> {
  // Deno hands it on to the environment that native code reads (checked by the test).
  Deno.env.set(DISABLE_TELEMETRY, "1");
  const { default: runtime } = await import("onnxruntime-node");
  return runtime;
}
