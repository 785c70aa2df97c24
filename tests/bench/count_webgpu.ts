/**
 * Counting what the WebGPU engine asks of the GPU.
 *
 * @module
 */

import type { Backbone } from "../../pipeline/backbone/fold.ts";
import type { View } from "../../pipeline/backbone/normalize.ts";
import type { EmbedderOptions } from "../../pipeline/backends/backend.ts";
import { openEmbedder } from "../../pipeline/backends/webgpu/embedder.ts";
import { noise } from "../backbone/support.ts";

/** What the GPU was asked for. */
export interface WebgpuCounts {
  /** Shaders that were compiled; all are when the engine is opened. */
  shaders: number;
  /** Shaders that were started. */
  dispatches: number;
  /** Command buffers that were submitted. */
  submits: number;
  /** Buffers that were filled with tensors. */
  uploads: number;
  /** Bytes of those. */
  bytesUp: number;
  /** Bytes of the parameters of shaders, a few for each dispatch. */
  parameterBytes: number;
  /** Buffers that were read back. */
  readBacks: number;
  /** Bytes of those. */
  bytesDown: number;
}

/** A counter, until it is disposed of. */
interface Counter extends Disposable {
  /** What was counted so far. */
  counts: WebgpuCounts;
}

/** A method of any kind. */
// deno-lint-ignore no-explicit-any
type Method = (this: any, ...values: any[]) => unknown;

/** Counts on every device of this thread, from now on. */
function countCalls(): Counter {
  const counts: WebgpuCounts = {
    shaders: 0,
    dispatches: 0,
    submits: 0,
    uploads: 0,
    bytesUp: 0,
    parameterBytes: 0,
    readBacks: 0,
    bytesDown: 0,
  };
  const undo: (() => void)[] = [];
  /** Makes `note` see each call of a method, with its arguments. */
  function watch(
    target: object,
    name: string,
    note: (self: unknown, ...values: never[]) => void,
  ): void {
    const methods = target as Record<string, Method>;
    const method = methods[name]!;
    methods[name] = function (...values) {
      note(this, ...values as never[]);
      return method.apply(this, values);
    };
    undo.push(() => methods[name] = method);
  }
  watch(GPUDevice.prototype, "createShaderModule", () => {
    counts.shaders++;
  });
  watch(GPUComputePassEncoder.prototype, "dispatchWorkgroups", () => {
    counts.dispatches++;
  });
  watch(
    GPUQueue.prototype,
    "submit",
    (_, buffers: readonly GPUCommandBuffer[]) => {
      counts.submits += buffers.length;
    },
  );
  watch(
    GPUQueue.prototype,
    "writeBuffer",
    (_, buffer: GPUBuffer, _offset: number, data: BufferSource) => {
      if (buffer.usage & GPUBufferUsage.UNIFORM) {
        counts.parameterBytes += data.byteLength;
        return;
      }
      counts.uploads++;
      counts.bytesUp += data.byteLength;
    },
  );
  watch(
    GPUDevice.prototype,
    "createBuffer",
    (_, { size, mappedAtCreation }: GPUBufferDescriptor) => {
      if (!mappedAtCreation) return;
      counts.uploads++;
      counts.bytesUp += size;
    },
  );
  watch(GPUBuffer.prototype, "mapAsync", (self, mode: number) => {
    if (!(mode & GPUMapMode.READ)) return;
    counts.readBacks++;
    counts.bytesDown += (self as GPUBuffer).size;
  });
  return {
    counts,
    [Symbol.dispose]() {
      for (const restore of undo) restore();
    },
  };
}

/**
 * Counts what the WebGPU engine asks of the GPU for its first batch, a full one.
 *
 * @param backbone What to run.
 * @param options The batch size, and the views of each image: one if not said.
 * @returns What the GPU was asked for.
 * @throws {BackendUnavailableError} If there is no adapter.
 */
export async function countWebgpu(
  backbone: Backbone,
  options: EmbedderOptions & { views?: readonly View[] } = {},
): Promise<WebgpuCounts> {
  const { views = ["plain"], ...rest } = options;
  const engine = await openEmbedder(backbone, rest);
  try {
    const count = Math.max(1, Math.floor(engine.batchSize / views.length));
    const images = noise(count, backbone.graph.imageSize);
    using counter = countCalls();
    await engine.embed(images, { count, views });
    return counter.counts;
  } finally {
    await engine.close();
  }
}
