/**
 * Choosing an engine, and saying why.
 *
 * `auto` takes the GPU where there is a real one, else native code where it is
 * permitted, else wasm; what fails its self-test is passed over. What was asked
 * for by name is opened or fails: there a software adapter will do.
 *
 * @module
 */

import { BackendUnavailableError } from "../../errors.ts";
import type { Backbone } from "../backbone.ts";
import type { Engine, EngineName } from "../engine.ts";
import { createCpuEngine } from "./onnx_cpu.ts";
import { type EngineProbe, probeEngines } from "./probe.ts";
import { testTfjs } from "./tfjs_self_test.ts";
import { startTfjs, type TfjsBackend, type TfjsName } from "./tfjs_backend.ts";
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
 * @param probe Looks at what there is, the best first.
 * @returns What was opened, and why engines before it were passed over.
 * @throws {BackendUnavailableError} If the engine cannot be had.
 */
export async function choose<T>(
  choice: EngineChoice,
  open: (name: EngineName) => Promise<T>,
  probe: () => Promise<EngineProbe[]> = probeEngines,
): Promise<Chosen<T>> {
  switch (choice) {
    case "webgpu":
    case "cpu":
    case "wasm":
      return { opened: await open(choice), notes: [] };
    case "auto":
      return await openFirst(await probe(), open);
    default:
      throw new TypeError(
        `Cannot open engine "${choice satisfies never}" as it must be auto, webgpu, cpu or wasm`,
      );
  }
}

/** Opens something on the first engine that can be had. */
async function openFirst<T>(
  probes: readonly EngineProbe[],
  open: (name: EngineName) => Promise<T>,
): Promise<Chosen<T>> {
  const notes: string[] = [];
  for (const { name, isAvailable, reason } of probes) {
    if (!isAvailable) {
      notes.push(`${name}: ${reason}`);
      continue;
    }
    try {
      return { opened: await open(name), notes };
    } catch (error) {
      if (!(error instanceof BackendUnavailableError)) throw error;
      notes.push(`${name}: ${error.reason}`);
    }
  }
  throw new BackendUnavailableError("auto", notes.join("; "));
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
  return choose<Engine>(choice, (name) => {
    switch (name) {
      case "webgpu":
        return createWebgpuEngine(backbone, options);
      case "cpu":
        return createCpuEngine(backbone, options);
      case "wasm":
        return createWasmEngine(backbone, options);
    }
  });
}

/**
 * Starts a tfjs backend in this thread, for the head.
 *
 * @param name Name of the backend.
 * @returns The backend, which has passed the self-test.
 * @throws {BackendUnavailableError} If it cannot be had.
 */
export async function openBackend(name: TfjsName): Promise<TfjsBackend> {
  const backend = await startTfjs(name);
  try {
    await testTfjs(backend);
    return backend;
  } catch (error) {
    await backend.stop();
    throw error;
  }
}
