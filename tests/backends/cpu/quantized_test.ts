import { assertEquals } from "@std/assert";
import { chooseRanges, rangeNames } from "../../../pipeline/backbone/ranges.ts";
import { outputLength } from "../../../pipeline/backbone/layers.ts";
import {
  loadModel,
  loadOnnxRuntime,
} from "../../../pipeline/backends/cpu/runtime.ts";
import { encodeBackbone } from "../../../pipeline/onnx/backbone_graph.ts";
import { OUTSIDE } from "../../../pipeline/onnx/builder.ts";
import { noise, readTiny } from "../../backbone/support.ts";
import { HAS_NATIVE_CODE, withEmbedder } from "../support.ts";

const ignore = !HAS_NATIVE_CODE;

/** Photos. */
const COUNT = 5;

/** Measures photos; returns embeddings and extremes, row by row. */
async function measure(images: Uint8Array) {
  const backbone = { ...await readTiny(), measures: true };
  const names = rangeNames(backbone.graph);
  const size = outputLength(backbone.graph);
  const rows = await withEmbedder(
    "cpu",
    backbone,
    {},
    (engine) => engine.embed(images, { count: COUNT, views: ["plain"] }),
  );
  return Array.from({ length: COUNT }, (_, i) => {
    const row = rows.subarray(i * rows.length / COUNT);
    const extremes = row.slice(size, size + 2 * names.length);
    return { embedding: row.slice(0, size), extremes };
  });
}

Deno.test({
  name: "a backbone that measures embeds as one that does not",
  ignore,
  async fn() {
    const images = noise(COUNT, 96);
    const measured = await measure(images);
    const plain = await withEmbedder(
      "cpu",
      await readTiny(),
      {},
      (engine) => engine.embed(images, { count: COUNT, views: ["plain"] }),
    );
    const size = plain.length / COUNT;
    measured.forEach(({ embedding, extremes }, i) => {
      assertEquals(embedding.length, size);
      const own = plain.subarray(i * size, (i + 1) * size);
      own.forEach((value, d) => {
        if (Math.abs(value - embedding[d]!) > 1e-4) {
          throw new Error(`${i} ${d}`);
        }
      });
      // The first activation is the image, less the means.
      const pixels = images.subarray(i * 96 ** 2 * 3, (i + 1) * 96 ** 2 * 3);
      const centred = Array.from(pixels, (level, p) => {
        const mean = [123.68, 116.78, 103.94][p % 3]!;
        return Math.fround(level - Math.fround(mean));
      });
      const [low, high] = [Math.min(...centred), Math.max(...centred)];
      assertEquals([...extremes.subarray(0, 2)], [low, high]);
    });
  },
});

/** Embeds on one thread, and on two in one batch and in two. */
async function compareThreads(isQuantized: boolean): Promise<void> {
  const images = noise(COUNT, 96);
  const backbone = await readTiny();
  const names = rangeNames(backbone.graph);
  const extremes = (await measure(images))
    .flatMap(({ extremes }) => [...extremes]);
  const ranges = chooseRanges(names, Float32Array.from(extremes));
  const model = encodeBackbone({
    ...backbone,
    ...isQuantized && { ranges },
  });
  const data = new Uint8Array(backbone.weights.values.buffer);
  const outside = { path: OUTSIDE, data };
  const runtime = await loadOnnxRuntime();
  const { Tensor } = runtime;
  const embed = async (cores: number, batches: Uint8Array[]) => {
    const session = await loadModel(runtime, model, { cores, outside });
    const rows: number[] = [];
    for (const batch of batches) {
      const shape = [batch.length / (96 ** 2 * 3), 96, 96, 3];
      const { embeddings } = await session.run({
        images: new Tensor("uint8", batch, shape),
      });
      rows.push(...embeddings!.data as Float32Array);
    }
    await session.release();
    return rows;
  };
  const all = noise(2 * COUNT, 96);
  const expected = await embed(1, [all]);
  assertEquals(await embed(2, [all]), expected);
  const end = 3 * 96 ** 2 * 3;
  const parts = [all.subarray(0, end), all.subarray(end)];
  assertEquals(await embed(2, parts), expected);
}

for (const arithmetic of ["8 bits", "float32"]) {
  const name =
    `embeddings in ${arithmetic} do not depend on threads, nor on the batch`;
  Deno.test({
    name,
    ignore,
    fn: () => compareThreads(arithmetic === "8 bits"),
  });
}
