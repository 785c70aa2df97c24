import { assertEquals, assertRejects } from "@std/assert";
import { checkAnswers } from "../../pipeline/export/check.ts";
import type { Reference } from "../../pipeline/export/reference.ts";

/** Photos of one pixel; a photo's first level decides its answer. */
function reference(count: number): Reference {
  const images = Uint8Array.from({ length: count * 3 }, (_, i) => i);
  const probabilities = Float32Array.from(
    { length: count * 2 },
    (_, i) => i % 2 ? 1 - first(images, i >> 1) : first(images, i >> 1),
  );
  const labels = new Int32Array(count);
  const logits = new Float32Array(count * 2);
  return { count, side: 1, images, labels, logits, probabilities };
}

/** Share of white of a photo. */
function first(images: Uint8Array, photo: number): number {
  return images[photo * 3]! / 255;
}

/** Answers as the reference does, but for an error. */
function answersWith(error: number, batches: number[] = []) {
  return {
    runtime: "a runtime",
    classify(images: Uint8Array, count: number) {
      batches.push(count);
      const rows = Array.from({ length: count }, (_, i) => {
        const share = first(images, i) + error;
        return [share, 1 - share];
      });
      return Promise.resolve(Float32Array.from(rows.flat()));
    },
    close: () => Promise.resolve(),
  };
}

Deno.test("checkAnswers() runs all photos in batches, and says how they compare", async () => {
  const batches: number[] = [];
  const done: number[] = [];
  const { agreement, tolerance } = await checkAnswers(
    answersWith(0, batches),
    reference(18),
    { half: false, onBatch: (count) => void done.push(count) },
  );
  assertEquals([batches, done], [[8, 8, 2], [8, 16, 18]]);
  const { photos, sameTop1, largestDifference } = agreement;
  assertEquals([photos, sameTop1, largestDifference], [18, 18, 0]);
  assertEquals(tolerance, 1e-4);
});

Deno.test("checkAnswers() refuses answers that are too far from those of the run", async () => {
  const onBatch = () => {};
  const check = (error: number, half: boolean) =>
    checkAnswers(answersWith(error), reference(2), { half, onBatch });
  await assertRejects(
    () => check(0.001, false),
    Error,
    "Cannot export as probabilities in a runtime must be within 0.0001 of those of the run: on 2 photos the largest difference is 0.00100",
  );
  assertEquals((await check(0.001, true)).tolerance, 1e-2);
  await assertRejects(
    () => check(0.02, true),
    Error,
    "; export without half precision",
  );
});
