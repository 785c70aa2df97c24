import { assertEquals, assertRejects } from "@std/assert";
import { createCpuEngine } from "../../../pipeline/backbone/engines/onnx_cpu.ts";
import { BackendUnavailableError } from "../../../pipeline/errors.ts";
import { HAS_NATIVE_CODE } from "../embedders.ts";
import {
  assertAgree,
  noise,
  readTiny,
  readTinyGolden,
  smallBackbone,
} from "../support.ts";

/** A number for each channel. */
type Triple = [number, number, number];

const BOTH = ["plain", "flipped"] as const;

/** A test that needs native code. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, ignore: !HAS_NATIVE_CODE, fn });
}

test("createCpuEngine() embeds both views as PyTorch does", async () => {
  const { images, embedding } = await readTinyGolden();
  const engine = await createCpuEngine(await readTiny());
  const actual = await engine.embed(images, { count: 2, views: BOTH });
  await engine.close();
  const { hardwareConcurrency: cores } = navigator;
  assertEquals(engine.name, "cpu");
  assertEquals(engine.description, `onnxruntime on ${cores} cores`);
  assertEquals([engine.embeddingSize, engine.batchSize], [256, 8]);
  assertAgree(actual, embedding);
});

test("createCpuEngine() embeds to the same bits however rows are batched", async () => {
  const images = noise(7, 32);
  const results: Float32Array[] = [];
  for (const batchSize of [1, 2, 5, 14, 64]) {
    const engine = await createCpuEngine(smallBackbone(), { batchSize });
    results.push(await engine.embed(images, { count: 7, views: BOTH }));
    await engine.close();
  }
  const [alone, ...others] = results;
  for (const other of others) assertEquals(other, alone);
});

test("createCpuEngine() puts views where they are asked for", async () => {
  const images = noise(3, 32);
  const engine = await createCpuEngine(smallBackbone());
  const embed = (views: readonly ("plain" | "flipped")[]) =>
    engine.embed(images, { count: 3, views });
  const [plain, flipped, both, swapped] = [
    await embed(["plain"]),
    await embed(["flipped"]),
    await embed(BOTH),
    await embed(["flipped", "plain"]),
  ];
  await engine.close();
  const row = (rows: Float32Array, i: number) =>
    rows.slice(i * 128, i * 128 + 128);
  for (const i of [0, 1, 2]) {
    assertEquals(row(both, 2 * i), row(plain, i));
    assertEquals(row(both, 2 * i + 1), row(flipped, i));
    assertEquals(row(swapped, 2 * i), row(flipped, i));
  }
});

test("createCpuEngine() normalizes BGR as the other engines do", async () => {
  const images = noise(2, 32);
  const mean: Triple = [103.939, 116.779, 123.68];
  const std: Triple = [57.375, 57.12, 58.395];
  const bgr = { channels: "bgr", mean, std } as const;
  const swapped = images.map((_, i) => images[i + 2 - 2 * (i % 3)]!);
  const rgb = { channels: "rgb", mean, std } as const;
  const results = [];
  for (
    const [pixels, normalization] of [[images, bgr], [swapped, rgb]] as const
  ) {
    const backbone = { ...smallBackbone(), normalization };
    const engine = await createCpuEngine(backbone);
    results.push(await engine.embed(pixels, { count: 2, views: BOTH }));
    await engine.close();
  }
  assertEquals(results[0], results[1]);
});

test("createCpuEngine() leaves the images as they were", async () => {
  const images = noise(2, 32);
  const engine = await createCpuEngine(smallBackbone());
  await engine.embed(images, { count: 2, views: BOTH });
  await engine.close();
  assertEquals(images, noise(2, 32));
});

test("createCpuEngine() rejects what is not answered when it closes", async () => {
  const engine = await createCpuEngine(smallBackbone());
  const answer = engine.embed(noise(64, 32), { count: 64, views: BOTH });
  const rejected = assertRejects(() => answer, BackendUnavailableError);
  await engine.close();
  await rejected;
});

Deno.test("createCpuEngine() refuses a batch size that is none", async () => {
  await assertRejects(
    () => createCpuEngine(smallBackbone(), { batchSize: 0 }),
    RangeError,
    'Cannot open engine "cpu" as batchSize must be a positive integer: current value is 0',
  );
});

Deno.test({
  name: "createCpuEngine() keeps the weights when native code is not permitted",
  permissions: { ffi: false, read: true, env: true, sys: true },
  async fn() {
    const backbone = smallBackbone();
    const { length } = backbone.weights.values;
    await assertRejects(
      () => createCpuEngine(backbone),
      BackendUnavailableError,
      'Cannot use engine "cpu" as it does not load: ',
    );
    assertEquals(backbone.weights.values.length, length);
  },
});
