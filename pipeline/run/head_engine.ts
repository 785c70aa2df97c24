/**
 * What trains the head and predicts with it, which may be another engine than
 * the one that runs the backbone.
 *
 * @module
 */

import type { EngineName } from "../backbone/engine.ts";
import { testOnnxRuntime } from "../backbone/engines/onnx_session.ts";
import { probeCpu, probeEngines } from "../backbone/engines/probe.ts";
import {
  choose,
  type Chosen,
  type EngineChoice,
  openBackend,
} from "../backbone/engines/select.ts";
import type { Multiply } from "../numeric/multiply.ts";
import { openOnnxProducts } from "../findings/onnx_multiply.ts";
import { tfjsMultiply } from "../findings/tfjs_multiply.ts";
import type { OpenHead } from "../head/network.ts";
import { onnxHeads } from "../head/onnx_network.ts";
import { openTfjsHead } from "../head/tfjs_network.ts";
import { loadOnnxRuntime } from "../onnx/runtime.ts";

/** An engine that is ready to run heads. */
export interface HeadEngine {
  /** Name of the engine. */
  readonly name: EngineName;
  /** What it runs on, for people. */
  readonly description: string;
  /** Opens a head. */
  readonly open: OpenHead;
  /** Multiplies matrices. */
  readonly multiply: Multiply;
  /**
   * Throws if the device has reported an error, even one that no call returned.
   *
   * @throws {BackendUnavailableError} If it has.
   */
  check(): void;
  /** Frees the engine; heads are disposed of before. */
  stop(): Promise<void>;
}

/**
 * The engines of `auto`, the best first.
 *
 * A fixed order rather than a timed trial, which could choose another engine when
 * a training goes on, and so give another head. Measured on 2 cores, a step of
 * 2048 to 1024 to 100 at batch 64 takes 8 ms on `cpu` and 27 ms on `wasm`, one of
 * 256 to 1024 to 5 takes 1 ms and 3 ms. A step is too small for a GPU: tfjs
 * starts some sixty kernels for it.
 */
const PREFERENCE: readonly EngineName[] = ["cpu", "webgpu", "wasm"];

/** Opens onnxruntime in this thread. */
async function openCpu(): Promise<HeadEngine> {
  await testOnnxRuntime();
  const { description } = await probeCpu();
  const runtime = await loadOnnxRuntime();
  const { multiply, release } = openOnnxProducts(runtime);
  return {
    name: "cpu",
    description: description!,
    open: onnxHeads(runtime),
    multiply,
    check() {},
    stop: release,
  };
}

/** Opens a tfjs backend in this thread. */
async function openTfjs(name: "webgpu" | "wasm"): Promise<HeadEngine> {
  const backend = await openBackend(name);
  backend.use();
  return {
    name,
    description: backend.description,
    open: openTfjsHead,
    multiply: tfjsMultiply,
    check: () => backend.check(),
    stop: () => backend.stop(),
  };
}

/**
 * Opens an engine for the head.
 *
 * @param choice Name of the engine, or `auto`.
 * @param begunOn The engine that last worked on the training, which `auto` takes if it can be had: on another the head would come out differently.
 * @returns The engine, and why others were passed over.
 * @throws {BackendUnavailableError} If the engine cannot be had.
 */
export function openHeadEngine(
  choice: EngineChoice,
  begunOn?: string | undefined,
): Promise<Chosen<HeadEngine>> {
  const probe = async () => {
    const probes = await probeEngines();
    const names = new Set([begunOn, ...PREFERENCE]);
    return [...names].flatMap((name) =>
      probes.filter((probe) => probe.name === name)
    );
  };
  const open = (name: EngineName) =>
    name === "cpu" ? openCpu() : openTfjs(name);
  return choose<HeadEngine>(choice, open, probe);
}
