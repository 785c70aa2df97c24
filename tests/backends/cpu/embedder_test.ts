import {
  assertEquals,
  assertFalse,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { type Backbone, foldWeights } from "../../../pipeline/backbone/fold.ts";
import { formulaWeights } from "../../../pipeline/backbone/formula.ts";
import { buildGraph } from "../../../pipeline/backbone/graph.ts";
import { rangeNames } from "../../../pipeline/backbone/ranges.ts";
import { resNet } from "../../../pipeline/backbone/spec.ts";
import { openEmbedder } from "../../../pipeline/backends/cpu/embedder.ts";
import { loadOnnxRuntime } from "../../../pipeline/backends/cpu/runtime.ts";
import { isSmall } from "../../../pipeline/backends/cpu/small.ts";
import { withKnownRows } from "../../../pipeline/backends/known_rows.ts";
import { BackendUnavailableError } from "../../../pipeline/errors.ts";
import { noise, smallBackbone } from "../../backbone/support.ts";
import { HAS_NATIVE_CODE, withEmbedder } from "../support.ts";

Deno.test({
  name: "openEmbedder() keeps the weights when native code is not permitted",
  permissions: { ffi: false, read: true, env: true, sys: true },
  async fn() {
    const backbone = smallBackbone();
    const { length } = backbone.weights.values;
    await assertRejects(
      () => openEmbedder(backbone),
      BackendUnavailableError,
      'Cannot use engine "cpu" as it does not load: ',
    );
    assertEquals(backbone.weights.values.length, length);
  },
});

Deno.test({
  name:
    "openEmbedder() frees what it has read, even late, when native code is not permitted",
  permissions: { ffi: false, read: true, env: true, sys: true },
  async fn() {
    const backbone = smallBackbone();
    const read = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return backbone;
    };
    await assertRejects(
      () => openEmbedder({ read }),
      BackendUnavailableError,
      'Cannot use engine "cpu" as it does not load: ',
    );
    assertEquals(backbone.weights.values.length, 0);
  },
});

/** Computes a backbone in integers. */
function inIntegers(backbone: Backbone): Backbone {
  const ranges = Object.fromEntries(
    rangeNames(backbone.graph).map((name) => [name, [-8, 8]] as const),
  );
  return { ...backbone, ranges };
}

/** A backbone in integers that is worth several threads. */
function largeBackbone(): Backbone {
  const spec = resNet("torchvision", { blocks: [1, 1, 1, 1], width: 32 });
  const graph = buildGraph(spec, 96);
  assertFalse(isSmall(graph));
  const weights = foldWeights(graph, formulaWeights(spec));
  return inIntegers({ ...smallBackbone(), graph, weights });
}

/** Has the program see three cores until it is disposed of, and watches its workers. */
function watchWorkers() {
  const { Worker } = globalThis;
  let started = 0;
  /** Threads of the sessions that divide the cores. */
  const threads: number[] = [];
  /** Numbers of the workers that embed, in the order of the batches. */
  const embeds: number[] = [];
  globalThis.Worker = class extends Worker {
    readonly #number = started++;
    override postMessage(message: unknown, options?: unknown) {
      const { call, input } = message as {
        call: string;
        input: { cores: number };
      };
      if (call === "load") threads.push(input.cores);
      if (call === "embed") embeds.push(this.#number);
      super.postMessage(message, options as Transferable[]);
    }
  };
  const value = 3;
  const descriptor = { value, configurable: true };
  Object.defineProperty(navigator, "hardwareConcurrency", descriptor);
  return {
    seen: () => ({ started, threads, embeds }),
    [Symbol.dispose]() {
      globalThis.Worker = Worker;
      Reflect.deleteProperty(navigator, "hardwareConcurrency");
    },
  };
}

/** Embeds images in both views; in 8 bits by as many workers as are asked for. */
async function embedWatched(backbone: Backbone, workers: number) {
  using watched = watchWorkers();
  const { imageSize } = backbone.graph;
  const images = noise(5, imageSize);
  const request = { count: 5, views: ["plain", "flipped"] } as const;
  return await withEmbedder("cpu", backbone, { workers }, async (engine) => {
    const rows = await engine.embed(images, request);
    const [count, size] = [2, 2 * imageSize ** 2 * 3];
    const some = images.slice(0, size);
    const values = await engine.embed(some, { count, views: ["plain"] });
    const knowing = withKnownRows(engine, { count, images: some, values });
    assertEquals(await knowing.embed(images, request), rows);
    return { rows, ...watched.seen() };
  });
}

Deno.test({
  name:
    "openEmbedder() has the same bytes in 8 bits with two workers, and with known rows",
  ignore: !HAS_NATIVE_CODE,
  async fn() {
    const one = await embedWatched(largeBackbone(), 1);
    const two = await embedWatched(largeBackbone(), 2);
    assertEquals([one.started, one.threads], [1, []]);
    assertEquals([two.started, two.threads], [2, [1, 2]]);
    assertEquals(two.embeds.slice(0, 3), [0, 1, 0]);
    assertEquals(two.rows, one.rows);
    assertNotEquals(new Set(one.rows).size, 1);
  },
});

Deno.test({
  name: "openEmbedder() has one worker for a small network in 8 bits",
  ignore: !HAS_NATIVE_CODE,
  async fn() {
    const { started } = await embedWatched(inIntegers(smallBackbone()), 2);
    assertEquals(started, 1);
  },
});

Deno.test.each([
  ["F32", (backbone: Backbone) => backbone],
  ["8 bits", inIntegers],
])("openEmbedder() embeds one image in a thread that it may block, in %s", {
  ignore: !HAS_NATIVE_CODE,
}, async (_, change) => {
  const images = noise(2, smallBackbone().graph.imageSize);
  const one = images.slice(0, images.length / 2);
  const [views, count] = [["plain"], 1] as const;
  using watched = watchWorkers();
  let mayBlock = false;
  const options = { mayBlock: () => mayBlock };
  const backbone = change(smallBackbone());
  const embed = await withEmbedder("cpu", backbone, options, async (engine) => {
    const expected = await engine.embed(one, { count, views });
    assertEquals(watched.seen().embeds.length, 1);
    mayBlock = true;
    assertEquals(await engine.embed(one, { count, views }), expected);
    assertEquals(watched.seen().embeds.length, 1);
    await assertRejects(
      () => engine.embed(images, { count, views }),
      RangeError,
      `they take ${one.length} bytes, ${images.length} were given`,
    );
    const both = await engine.embed(images, { count: 2, views });
    assertEquals(both.slice(0, expected.length), expected);
    assertEquals(watched.seen().embeds.length, 2);
    return () => engine.embed(one, { count, views });
  });
  await assertRejects(
    embed,
    BackendUnavailableError,
    'Cannot use engine "cpu" as it has failed: ',
  );
});

Deno.test({
  name:
    "openEmbedder() frees what it has read when it cannot load it into its own thread",
  ignore: !HAS_NATIVE_CODE,
  async fn() {
    const { InferenceSession } = await loadOnnxRuntime();
    const { create } = InferenceSession;
    const given: Uint8Array[] = [];
    InferenceSession.create = (...args: unknown[]) => {
      const { externalData } = args[1] as {
        externalData: [{ data: Uint8Array }];
      };
      given.push(externalData[0].data);
      return Promise.reject(new Error("no memory"));
    };
    const read = () => Promise.resolve(backbone);
    const options = { mayBlock: () => true };
    const backbone = smallBackbone();
    try {
      await assertRejects(
        () => openEmbedder({ read }, options),
        Error,
        "no memory",
      );
    } finally {
      InferenceSession.create = create;
    }
    const all = [backbone.weights.values, ...given];
    assertEquals(all.map(({ length }) => length), [0, 0]);
  },
});

Deno.test({
  name: "close() ends a worker that does not answer",
  ignore: !HAS_NATIVE_CODE,
  async fn() {
    const { Worker, setTimeout } = globalThis;
    globalThis.Worker = class extends Worker {
      override postMessage(message: unknown, options?: unknown) {
        const { call } = message as { call: string };
        if (call !== "release") {
          super.postMessage(message, options as Transferable[]);
        }
      }
    };
    const waits: unknown[] = [];
    try {
      const embedder = await openEmbedder(smallBackbone());
      globalThis.setTimeout = ((end: () => void, milliseconds: number) => {
        waits.push(milliseconds);
        return setTimeout(end);
      }) as typeof setTimeout;
      await embedder.close();
    } finally {
      Object.assign(globalThis, { Worker, setTimeout });
    }
    assertEquals(waits, [5000]);
  },
});
