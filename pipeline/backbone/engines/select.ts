/**
 * Choosing an engine, and saying why.
 *
 * `auto` takes the GPU where there is a real one that passes its self-test, and
 * wasm otherwise. What was asked for by name is opened or fails: there a
 * software adapter will do.
 *
 * @module
 */

import { BackendUnavailableError } from "../../errors.ts";
import type { Backbone } from "../backbone.ts";
import type { Engine, EngineName } from "../engine.ts";
import { type EngineProbe, probeWebgpu } from "./probe.ts";
import { selfTest } from "./self_test.ts";
import { startTfjs, type TfjsBackend } from "./tfjs_backend.ts";
import { createWasmEngine, type WasmOptions } from "./tfjs_wasm.ts";
import { createWebgpuEngine } from "./tfjs_webgpu.ts";

/** An engine by name, or the best that can be had. */
export type EngineChoice = "auto" | EngineName;

/** Something that runs on an engine, and how it was chosen. */
export interface Chosen<T> {
  /** What was opened. */
  opened: T;
  /** Why an engine before it was passed over, a line each. */
  notes: string[];
}

/**
 * Opens something on the engine that is asked for, or on the best there is.
 *
 * @param choice Name of the engine, or `auto`.
 * @param open Opens it on an engine.
 * @param probe Looks at the GPU.
 * @returns What was opened, and why another engine was passed over.
 * @throws {BackendUnavailableError} If the engine cannot be had.
 */
export async function choose<T>(
  choice: EngineChoice,
  open: (name: EngineName) => Promise<T>,
  probe: () => Promise<EngineProbe> = probeWebgpu,
): Promise<Chosen<T>> {
  switch (choice) {
    case "webgpu":
    case "wasm":
      return { opened: await open(choice), notes: [] };
    case "auto": {
      const { isAvailable, reason } = await probe();
      let refusal = reason;
      if (isAvailable) {
        try {
          return { opened: await open("webgpu"), notes: [] };
        } catch (error) {
          if (!(error instanceof BackendUnavailableError)) throw error;
          refusal = error.reason;
        }
      }
      return { opened: await open("wasm"), notes: [`webgpu: ${refusal}`] };
    }
    default:
      throw new TypeError(
        `Cannot open engine "${choice satisfies never}" as it must be auto, webgpu or wasm`,
      );
  }
}

/**
 * Opens an engine for a backbone.
 *
 * @param choice Name of the engine, or `auto`.
 * @param backbone What to run; its weights belong to the engine from now on.
 * @param options The number of workers and the batch size.
 * @returns The engine, and why another one was passed over.
 * @throws {BackendUnavailableError} If the engine cannot be had.
 */
export function openEngine(
  choice: EngineChoice,
  backbone: Backbone,
  options: WasmOptions = {},
): Promise<Chosen<Engine>> {
  return choose<Engine>(
    choice,
    (name) =>
      name === "webgpu"
        ? createWebgpuEngine(backbone, options)
        : createWasmEngine(backbone, options),
  );
}

/** Starts a tfjs backend that passes the self-test. */
async function startTested(name: EngineName): Promise<TfjsBackend> {
  const backend = await startTfjs(name);
  try {
    await selfTest(backend);
    return backend;
  } catch (error) {
    await backend.stop();
    throw error;
  }
}

/**
 * Starts the tfjs backend of an engine in this thread, for the head.
 *
 * @param choice Name of the engine, or `auto`.
 * @returns The backend, and why another one was passed over.
 * @throws {BackendUnavailableError} If it cannot be had.
 */
export function openBackend(
  choice: EngineChoice,
): Promise<Chosen<TfjsBackend>> {
  return choose(choice, startTested);
}
