/**
 * Loading onnxruntime, native code that runs ONNX models on the CPU. No other file
 * loads it.
 */

import type { InferenceSession } from "onnxruntime-node";

/** The part of the package that is used. */
export type OnnxRuntime = Pick<
  typeof import("onnxruntime-node"),
  "InferenceSession" | "Tensor" | "env"
>;

/** What `cpu` runs on, for people. */
export const CPU_DESCRIPTION = describeCores();

/** Says on how many cores `cpu` runs, for people. */
export function describeCores(
  cores = navigator.hardwareConcurrency,
): string {
  return `onnxruntime on ${cores} core${cores === 1 ? "" : "s"}`;
}

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
 * Returns whether this process may load native code, and may turn its telemetry off.
 *
 * @returns Whether it runs with `--allow-ffi` and `--allow-env`; it never prompts.
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
 * @throws {Error} If native code is not permitted, its telemetry cannot be turned off, or there is none for this machine.
 */
export async function loadOnnxRuntime(): Promise<OnnxRuntime> {
  // Deno hands it on to the environment that native code reads (checked by the test).
  Deno.env.set(DISABLE_TELEMETRY, "1");
  const { default: runtime } = await import("onnxruntime-node");
  return runtime;
}

/**
 * How products of 8 bits are added: by the fastest instructions, or by slower ones
 * that add in 32 bits on every CPU.
 *
 * A CPU without instructions for 8-bit dot products (VNNI) adds pairs of products
 * in 16 bits, and cuts off what does not fit. `fast` is right where there are any.
 * Source: `kOrtSessionOptionsAvx2PrecisionMode` in onnxruntime's
 * `onnxruntime_session_options_config_keys.h`.
 */
export type Integers = "fast" | "exact";

/** How a model is run. */
interface ModelOptions {
  /** How products of 8 bits are added, where there are any. @default {"fast"} */
  integers?: Integers | undefined;
  /** Number of threads. @default that of the cores */
  cores?: number | undefined;
  /** The constants outside of the model, which are copied. */
  outside?: { path: string; data: Uint8Array } | undefined;
}

/**
 * Loads a model whose threads give up their core while they wait.
 *
 * A thread that spins saves nothing, and takes the core of a kernel, of the workers
 * that decode photos, or of another process. Measured with all cores busy: a step
 * of the head took 17 ms in place of 10, and predicting 1,050 photos with the
 * embedded backbone 15 s in place of 6.
 *
 * @param model The bytes of a `.onnx` file.
 * @returns The model; free it with `release`.
 */
export function loadModel(
  runtime: OnnxRuntime,
  model: Uint8Array,
  { integers, cores = 0, outside }: ModelOptions = {},
): Promise<InferenceSession> {
  return runtime.InferenceSession.create(model, {
    intraOpNumThreads: cores,
    ...outside && { externalData: [outside] },
    extra: {
      session: {
        // Reserved by the arena, weights take more memory, and a seventh longer to load.
        use_device_allocator_for_initializers: "1",
        intra_op: { allow_spinning: "0" },
        ...integers === "exact" && { x64quantprecision: "1" },
      },
    },
  });
}
