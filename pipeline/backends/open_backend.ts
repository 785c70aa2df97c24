/**
 * Choosing a backend, and saying why.
 *
 * A backend that was chosen by name is opened or fails; then a software adapter is
 * accepted. `auto` opens the first one that is available and passes its self-test.
 */

import { BackendUnavailableError } from "../errors.ts";
import type {
  Backend,
  BackendName,
  ComingBackbone,
  Compute,
  Embedder,
  EmbedderOptions,
} from "./backend.ts";
import { PROBES } from "./probe.ts";

/** A backend by name, or the best one that is available. */
export type BackendChoice = "auto" | BackendName;

/** Something that runs on a backend, and how the backend was chosen. */
export interface Opened<T> {
  opened: T;
  /** Why a preferred backend was passed over, a line each. */
  notes: string[];
}

/** The backends. Their code, and the packages it needs, loads when a part is opened. */
const BACKENDS: Readonly<Record<BackendName, Backend>> = {
  webgpu: lazyBackend("webgpu", {
    embedder: () => import("./webgpu/embedder.ts"),
    compute: () => import("./webgpu/compute.ts"),
  }),
  cpu: lazyBackend("cpu", {
    embedder: () => import("./cpu/embedder.ts"),
    compute: () => import("./cpu/compute.ts"),
  }),
  wasm: lazyBackend("wasm", {
    embedder: () => import("./wasm/embedder.ts"),
    compute: () => import("./wasm/compute.ts"),
  }),
};

/** Makes a backend of the modules of its parts. */
function lazyBackend(name: BackendName, load: {
  embedder: () => Promise<Pick<Backend, "openEmbedder">>;
  compute: () => Promise<Pick<Backend, "openCompute">>;
}): Backend {
  return {
    name,
    openEmbedder: async (...args) =>
      (await load.embedder()).openEmbedder(...args),
    openCompute: async () => (await load.compute()).openCompute(),
  };
}

/** Order in which `auto` tries backends for a backbone: a GPU, native code, then WebAssembly, which runs everywhere. */
const EMBEDDER_ORDER: readonly BackendName[] = ["webgpu", "cpu", "wasm"];

/** The only backend that computes a backbone other than in F32, if it is to be. */
function ownBackend(
  { ranges, measures, half }: ComingBackbone,
): { name: BackendName; precision: string } | undefined {
  if (ranges || measures) return { name: "cpu", precision: "8 bits" };
  if (half) return { name: "webgpu", precision: "half precision" };
  return undefined;
}

/**
 * Order in which `auto` tries backends for heads and products.
 *
 * A fixed order rather than a timed trial, which could choose another backend when
 * a training resumes, and so give another head. Measured on 2 cores, a step of
 * 2048 to 1024 to 100 at batch 64 takes 8 ms on `cpu` and 27 ms on `wasm`, one of
 * 256 to 1024 to 5 takes 1 ms and 3 ms. A step is too small for a GPU: tfjs
 * starts some sixty kernels for it.
 */
const COMPUTE_ORDER: readonly BackendName[] = ["cpu", "webgpu", "wasm"];

/**
 * Opens something on a backend.
 *
 * @param order Names of backends, the preferred one first; others are ignored.
 * @throws {BackendUnavailableError} If the backend is not available, or none is.
 */
export async function openBackend<T>(
  choice: BackendChoice,
  open: (backend: Backend) => Promise<T>,
  order: readonly (string | undefined)[],
): Promise<Opened<T>> {
  switch (choice) {
    case "webgpu":
    case "cpu":
    case "wasm":
      return { opened: await open(BACKENDS[choice]), notes: [] };
    case "auto":
      return await openFirst(open, order);
    default:
      throw new TypeError(
        `Cannot open engine "${choice satisfies never}" as it must be auto, webgpu, cpu or wasm`,
      );
  }
}

/** Opens something on the first backend that is available. */
async function openFirst<T>(
  open: (backend: Backend) => Promise<T>,
  order: readonly (string | undefined)[],
): Promise<Opened<T>> {
  const notes: string[] = [];
  for (const wanted of new Set(order)) {
    if (wanted === undefined || !Object.hasOwn(PROBES, wanted)) continue;
    const found = await PROBES[wanted as BackendName]();
    const { name, isAvailable, reason } = found;
    if (!isAvailable) {
      notes.push(`${name}: ${reason}`);
      continue;
    }
    try {
      return { opened: await open(BACKENDS[name]), notes };
    } catch (error) {
      if (!(error instanceof BackendUnavailableError)) throw error;
      notes.push(`${name}: ${error.reason}`);
    }
  }
  throw new BackendUnavailableError("auto", notes.join("; "));
}

/**
 * Opens a backbone.
 *
 * @param coming What to run; its weights belong to the backend from now on.
 * @param failed Backends that `auto` does not take.
 * @throws {BackendUnavailableError} If the backend is not available, or none is.
 */
export function openEmbedder(
  choice: BackendChoice,
  coming: ComingBackbone,
  options: EmbedderOptions = {},
  failed: ReadonlySet<BackendName> = new Set(),
): Promise<Opened<Embedder>> {
  const open = (backend: Backend) => backend.openEmbedder(coming, options);
  const only = ownBackend(coming);
  if (only === undefined) {
    const order = EMBEDDER_ORDER.filter((name) => !failed.has(name));
    return openBackend(choice, open, order);
  }
  const { name, precision } = only;
  if (failed.has(name)) {
    throw new BackendUnavailableError(name, "it has failed");
  }
  if (choice !== "auto" && choice !== name) {
    throw new BackendUnavailableError(
      choice,
      `the backbone is computed in ${precision}, by the engine ${name} alone`,
    );
  }
  return openBackend(name, open, []);
}

/**
 * Opens a device for heads and products.
 *
 * @param lastEngine The backend that last worked on the training; `auto` prefers it, since another one would give another head.
 * @throws {BackendUnavailableError} If the backend is not available, or none is.
 */
export function openCompute(
  choice: BackendChoice,
  lastEngine?: string | undefined,
): Promise<Opened<Compute>> {
  const open = (backend: Backend) => backend.openCompute();
  return openBackend(choice, open, [lastEngine, ...COMPUTE_ORDER]);
}
