import { assertEquals, assertRejects } from "@std/assert";
import { buildGraph } from "../../pipeline/backbone/graph.ts";
import { resNet } from "../../pipeline/backbone/spec.ts";
import {
  type BatchRunner,
  embedInBatches,
  largestBatch,
  sliceBatches,
} from "../../pipeline/backends/batches.ts";

const SHAPE = {
  imageSize: 1,
  embeddingSize: 2,
  batchSize: 2,
  joinsViews: false,
};

/** Embeds an image of one pixel as its red level, negative if flipped, and the batch it came in. */
function makeRunner(): BatchRunner {
  let batch = 0;
  return (images, views) => {
    const count = images.length / 3;
    const rows = views.flatMap((view) => {
      const sign = view === "plain" ? 1 : -1;
      return Array.from(
        { length: count },
        (_, i) => [images[i * 3]! * sign, batch],
      );
    });
    const padding = [NaN, NaN];
    batch++;
    return Promise.resolve(Float32Array.from([...rows.flat(), ...padding]));
  };
}

/** Images of one pixel with red levels of 1, 2, 3 … */
function pixels(count: number): Uint8Array {
  return Uint8Array.from({ length: count * 3 }, (_, i) => i / 3 + 1);
}

Deno.test("sliceBatches() cuts the last batch short", () => {
  const request = { count: 3, views: ["plain", "flipped"] } as const;
  assertEquals(sliceBatches(request, SHAPE), [
    { views: ["plain"], firstView: 0, first: 0, count: 2 },
    { views: ["plain"], firstView: 0, first: 2, count: 1 },
    { views: ["flipped"], firstView: 1, first: 0, count: 2 },
    { views: ["flipped"], firstView: 1, first: 2, count: 1 },
  ]);
});

Deno.test("sliceBatches() puts all views of an image into a batch that joins them", () => {
  const views = ["plain", "flipped"] as const;
  const request = { count: 3, views };
  const join = (batchSize: number) =>
    sliceBatches(request, { batchSize, joinsViews: true });
  assertEquals(join(5), [
    { views, firstView: 0, first: 0, count: 2 },
    { views, firstView: 0, first: 2, count: 1 },
  ]);
  assertEquals(join(1).map(({ count }) => count), [1, 1, 1]);
});

Deno.test("embedInBatches() puts each row in its place", async () => {
  const request = { count: 3, views: ["flipped", "plain"] } as const;
  const run = makeRunner();
  const rows = await embedInBatches(pixels(3), request, SHAPE, [run]);
  assertEquals(
    [...rows],
    [[-1, 0, 1, 2], [-2, 0, 2, 2], [-3, 1, 3, 3]].flat(),
  );
});

Deno.test("embedInBatches() puts each row in its place where views are joined", async () => {
  const request = { count: 3, views: ["flipped", "plain"] } as const;
  const shape = { ...SHAPE, batchSize: 4, joinsViews: true };
  const rows = await embedInBatches(pixels(3), request, shape, [makeRunner()]);
  assertEquals(
    [...rows],
    [[-1, 0, 1, 0], [-2, 0, 2, 0], [-3, 1, 3, 1]].flat(),
  );
});

Deno.test("embedInBatches() shares batches among runners", async () => {
  const request = { count: 5, views: ["plain"] } as const;
  const runners = [makeRunner(), makeRunner()];
  const rows = await embedInBatches(pixels(5), request, SHAPE, runners);
  assertEquals([...rows].filter((_, i) => i % 2 === 0), [1, 2, 3, 4, 5]);
});

Deno.test("embedInBatches() makes nothing of no images", async () => {
  const request = { count: 0, views: ["plain"] } as const;
  const rows = await embedInBatches(pixels(0), request, SHAPE, [makeRunner()]);
  assertEquals(rows, new Float32Array(0));
});

Deno.test("embedInBatches() refuses another number of images", async () => {
  const request = { count: 2, views: ["plain"] } as const;
  await assertRejects(
    () => embedInBatches(pixels(3), request, SHAPE, [makeRunner()]),
    RangeError,
    "Cannot embed 2 images as 1x1 pixels in RGB: they take 6 bytes, 9 were given",
  );
});

Deno.test("embedInBatches() fails when what has begun is over, and begins nothing more", async () => {
  const events: string[] = [];
  const failing: BatchRunner = () => Promise.reject(new Error("no"));
  const other: BatchRunner = async () => {
    events.push("begins");
    await new Promise((resolve) => setTimeout(resolve));
    events.push("ends");
    return new Float32Array(4);
  };
  const request = { count: 9, views: ["plain"] } as const;
  await assertRejects(
    () => embedInBatches(pixels(9), request, SHAPE, [failing, other]),
    Error,
    "no",
  );
  assertEquals(events, ["begins", "ends"]);
});

Deno.test("largestBatch() is bound by the stem at 224 pixels", () => {
  const spec = resNet("torchvision", { blocks: [3, 4, 23, 3], width: 64 });
  const graph = buildGraph(spec, 224);
  // The output of the stem: 112 x 112 x 64 floats, 3.2 MB an image.
  assertEquals(largestBatch(graph, 2 ** 27), 41);
  assertEquals(largestBatch(graph, 112 * 112 * 64 * 4 - 1), 0);
});
