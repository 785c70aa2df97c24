import { assertEquals } from "@std/assert";
import type { Backbone } from "../../pipeline/backbone/fold.ts";
import { withoutPool } from "../../pipeline/backbone/layers.ts";
import { buildGraph } from "../../pipeline/backbone/graph.ts";
import type {
  BackendName,
  Embedder,
  EmbedderOptions,
} from "../../pipeline/backends/backend.ts";
import {
  assertAgree,
  noise,
  readTiny,
  readTinyGolden,
  smallBackbone,
} from "../backbone/support.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { BACKENDS, withEmbedder } from "./support.ts";

/** A number for each channel. */
type Triple = [number, number, number];

const BOTH = ["plain", "flipped"] as const;

/** Ways to cut batches. */
const BATCHES: Record<BackendName, EmbedderOptions[]> = {
  cpu: [1, 2, 5, 14, 64].map((batchSize) => ({ batchSize })),
  wasm: [[1, 1], [1, 4], [2, 4], [2, 3]].map(([workers, batchSize]) => (
    { workers, batchSize }
  )),
  webgpu: [1, 4].map((batchSize) => ({ batchSize })),
};

/** Mirrors images of 32 pixels. */
function mirror(images: Uint8Array): Uint8Array {
  return images.map((_, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    const x = pixel % 32;
    return images[(pixel - x + 31 - x) * 3 + channel]!;
  });
}

/** Embeds 3 images of 32 pixels. */
function embed3(
  embedder: Embedder,
  views: readonly ("plain" | "flipped")[],
  images = noise(3, 32),
): Promise<Float32Array> {
  return embedder.embed(images, { count: 3, views });
}

/** Means over the positions of feature maps: F32 `[n, P, D]` to `[n, D]`. */
function meanOfPositions(
  maps: Float32Array,
  shape: { positions: number; channels: number },
): Float64Array {
  const { positions, channels } = shape;
  const means = new Float64Array(maps.length / positions);
  maps.forEach((value, i) => {
    const image = Math.floor(i / (positions * channels));
    means[image * channels + i % channels]! += value / positions;
  });
  return means;
}

/** Leaves the pool of a backbone out. */
function unpooled(backbone: Backbone): Backbone {
  return { ...backbone, graph: withoutPool(backbone.graph) };
}

for (const { name, ignore } of BACKENDS) {
  const test = (title: string, fn: () => Promise<void>) =>
    Deno.test({ name: `openEmbedder() on ${name} ${title}`, ignore, fn });
  /** The GPU sums in an order that depends on the batch; the others do not. */
  const assertSame = name === "webgpu" ? assertAgree : assertEquals;

  test("embeds the same however rows are batched", async () => {
    const images = noise(7, 32);
    const expected = await withEmbedder(
      name === "webgpu" ? "wasm" : name,
      smallBackbone(),
      {},
      (embedder) => embedder.embed(images, { count: 7, views: BOTH }),
    );
    for (const options of BATCHES[name]) {
      await withEmbedder(name, smallBackbone(), options, async (embedder) => {
        const request = { count: 7, views: BOTH };
        assertSame(await embedder.embed(images, request), expected);
      });
    }
    assertEquals(images, noise(7, 32));
  });

  test("puts views where they are asked for", async () => {
    await withEmbedder(name, smallBackbone(), {}, async (embedder) => {
      const plain = await embed3(embedder, ["plain"]);
      const flipped = await embed3(embedder, ["flipped"]);
      const both = await embed3(embedder, BOTH);
      const swapped = await embed3(embedder, ["flipped", "plain"]);
      const mirrored = await embed3(embedder, ["plain"], mirror(noise(3, 32)));
      assertSame(flipped, mirrored);
      const row = (rows: Float32Array, i: number) =>
        rows.slice(i * 128, i * 128 + 128);
      for (const i of [0, 1, 2]) {
        assertSame(row(both, 2 * i), row(plain, i));
        assertSame(row(both, 2 * i + 1), row(flipped, i));
        assertSame(row(swapped, 2 * i), row(flipped, i));
      }
    });
  });

  test("normalizes BGR as it does RGB", async () => {
    const images = noise(3, 32);
    const mean: Triple = [103.939, 116.779, 123.68];
    const std: Triple = [57.375, 57.12, 58.395];
    const swapped = images.map((_, i) => images[i + 2 - 2 * (i % 3)]!);
    const embed = (channels: "bgr" | "rgb", pixels: Uint8Array) => {
      const normalization = { channels, mean, std };
      const backbone = { ...smallBackbone(), normalization };
      return withEmbedder(
        name,
        backbone,
        {},
        (embedder) => embed3(embedder, BOTH, pixels),
      );
    };
    assertEquals(await embed("bgr", images), await embed("rgb", swapped));
  });

  test("gives feature maps whose mean is the embedding", async () => {
    const { images, embedding } = await readTinyGolden();
    const request = { count: 2, views: ["plain"] } as const;
    const run = (backbone: Backbone) =>
      withEmbedder(
        name,
        backbone,
        {},
        (embedder) => embedder.embed(images, request),
      );
    const maps = await run(unpooled(await readTiny()));
    const means = meanOfPositions(maps, { positions: 9, channels: 256 });
    // Sums of nine floats in another order.
    const tolerance = { rtol: 1e-5, atol: 1e-6 };
    assertAllClose(means, await run(await readTiny()), tolerance);
    // PyTorch's plain views, which stand before the flipped ones.
    for (const i of [0, 1]) {
      const expected = embedding.subarray(i * 512, i * 512 + 256);
      assertAgree(means.subarray(i * 256, i * 256 + 256), expected);
    }
  });

  test("gives the feature maps of wasm, however they are batched", async () => {
    const { spec } = smallBackbone().graph;
    const graph = withoutPool(buildGraph(spec, 64));
    const open = (on: BackendName, batchSize: number) =>
      withEmbedder(
        on,
        { ...smallBackbone(), graph },
        { batchSize },
        (embedder) =>
          embedder.embed(noise(9, 64), { count: 9, views: ["plain"] }),
      );
    const expected = await open("wasm", 1);
    assertEquals(expected.length, 9 * 2 * 2 * 128);
    for (const batchSize of [2, 4]) {
      assertAgree(await open(name, batchSize), expected);
    }
  });
}
