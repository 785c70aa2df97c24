import { assertEquals, assertRejects } from "@std/assert";
import { createWasmEngine } from "../../../pipeline/backbone/engines/tfjs_wasm.ts";
import { BackendUnavailableError } from "../../../pipeline/errors.ts";
import {
  assertAgree,
  noise,
  readTiny,
  readTinyGolden,
  smallBackbone,
} from "../support.ts";

const BOTH = ["plain", "flipped"] as const;

Deno.test("createWasmEngine() embeds both views as PyTorch does", async () => {
  const { images, embedding } = await readTinyGolden();
  const engine = await createWasmEngine(await readTiny(), { workers: 2 });
  const actual = await engine.embed(images, { count: 2, views: BOTH });
  await engine.close();
  assertEquals(engine.name, "wasm");
  assertEquals(engine.description, "2 workers");
  assertEquals(engine.embeddingSize, 256);
  assertAgree(actual, embedding);
});

Deno.test("createWasmEngine() embeds to the same bits however rows are batched", async () => {
  const images = noise(7, 32);
  const request = { count: 7, views: BOTH };
  const results: Float32Array[] = [];
  for (const [workers, batchSize] of [[1, 1], [1, 4], [2, 4], [2, 3]]) {
    const engine = await createWasmEngine(smallBackbone(), {
      workers,
      batchSize,
    });
    assertEquals(engine.batchSize, workers! * batchSize!);
    results.push(await engine.embed(images, request));
    await engine.close();
  }
  const [alone, ...others] = results;
  for (const other of others) assertEquals(other, alone);
});

Deno.test("createWasmEngine() flips as flipping the pixels does", async () => {
  const images = noise(3, 32);
  const flipped = images.map((_, i) => {
    const [pixel, channel] = [Math.floor(i / 3), i % 3];
    const x = pixel % 32;
    return images[(pixel - x + 31 - x) * 3 + channel]!;
  });
  const engine = await createWasmEngine(smallBackbone(), { workers: 1 });
  const actual = await engine.embed(images, { count: 3, views: ["flipped"] });
  const expected = await engine.embed(flipped, { count: 3, views: ["plain"] });
  await engine.close();
  assertEquals(actual, expected);
});

Deno.test("createWasmEngine() leaves the images as they were", async () => {
  const images = noise(2, 32);
  const engine = await createWasmEngine(smallBackbone(), { workers: 1 });
  await engine.embed(images, { count: 2, views: BOTH });
  await engine.close();
  assertEquals(images, noise(2, 32));
});

Deno.test("createWasmEngine() fails when a worker cannot load the weights", async () => {
  const backbone = smallBackbone();
  backbone.weights.entries = {};
  await assertRejects(
    () => createWasmEngine(backbone, { workers: 2 }),
    BackendUnavailableError,
    'Cannot use engine "wasm" as a worker has failed: ',
  );
});

Deno.test("createWasmEngine() rejects what is asked after it was closed", async () => {
  const engine = await createWasmEngine(smallBackbone(), { workers: 1 });
  await engine.close();
  await assertRejects(
    () => engine.embed(noise(1, 32), { count: 1, views: ["plain"] }),
    BackendUnavailableError,
    'Cannot use engine "wasm" as the worker is closed',
  );
});

Deno.test("createWasmEngine() rejects what is not answered when it closes", async () => {
  const engine = await createWasmEngine(smallBackbone(), { workers: 1 });
  const answer = engine.embed(noise(8, 32), { count: 8, views: BOTH });
  const rejected = assertRejects(() => answer, BackendUnavailableError);
  await engine.close();
  await rejected;
});

Deno.test("createWasmEngine() refuses a number of workers that is none", async () => {
  await assertRejects(
    () => createWasmEngine(smallBackbone(), { workers: 0 }),
    RangeError,
    'Cannot open engine "wasm" as workers must be a positive integer: current value is 0',
  );
});
