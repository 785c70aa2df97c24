import { assertEquals, assertThrows } from "@std/assert";
import {
  Hdf5Budget,
  Hdf5Refusal,
  LIBRARY_HEAP_BYTES,
  mostHeapBytes,
  mostPieceMs,
  mostTotalMs,
  mostWeightBytes,
} from "../../../pipeline/weights/formats/hdf5_limits.ts";

Deno.test("mostWeightBytes() is 16 MiB and 64 times the file, at most 2 GiB", () => {
  assertEquals(
    [0, 1000, 2 ** 24, 2 ** 31].map(mostWeightBytes),
    [2 ** 24, 2 ** 24 + 64_000, 2 ** 30 + 2 ** 24, 2 ** 31],
  );
});

Deno.test("mostPieceMs() and mostTotalMs() are 5 and 30 seconds, and one more for each 32 MB", () => {
  const sizes = [0, 2 ** 15, 32_768_000];
  assertEquals(sizes.map(mostPieceMs), [5000, 5001, 6000]);
  assertEquals(sizes.map(mostTotalMs), [30_000, 30_001, 31_000]);
});

Deno.test("mostHeapBytes() leaves room for the largest weight and the largest chunk", () => {
  const datasets = [
    { sizeBytes: 1000, chunkBytes: 50, workBytes: 2000 },
    { sizeBytes: 200, chunkBytes: 100, workBytes: 400 },
  ];
  assertEquals(
    mostHeapBytes(datasets),
    Math.ceil((LIBRARY_HEAP_BYTES + 1000 + 4 * 100) * 1.1),
  );
});

/** A dataset that is not in chunks. */
function plain(sizeBytes: number) {
  return { sizeBytes, chunkBytes: 0, workBytes: sizeBytes };
}

Deno.test("Hdf5Budget refuses more than 50,000 objects", () => {
  const budget = new Hdf5Budget(0);
  for (let i = 0; i < 50_000; i++) budget.payObject();
  assertThrows(
    () => budget.payObject(),
    Hdf5Refusal,
    "a file must have at most 50000 layers and weights: it has more",
  );
});

Deno.test("Hdf5Budget refuses more bytes than the file has where they are not compressed", () => {
  const budget = new Hdf5Budget(100);
  budget.payDataset(plain(60), false);
  budget.payDataset(plain(1000), true);
  budget.payDataset(plain(40), false);
  for (const sizeBytes of [1, Infinity, NaN]) {
    assertThrows(
      () => new Hdf5Budget(0).payDataset(plain(sizeBytes), false),
      Hdf5Refusal,
      "its weights must be in its 0 bytes where they are not compressed: they claim more",
    );
  }
  assertThrows(() => budget.payDataset(plain(1), false), Hdf5Refusal);
});

Deno.test("Hdf5Budget refuses more work than 16 MiB and 64 times the file", () => {
  const budget = new Hdf5Budget(100);
  const workBytes = 2 ** 24 + 6400;
  budget.payDataset({ sizeBytes: 1, chunkBytes: 1, workBytes }, true);
  assertThrows(
    () => budget.payDataset(plain(1), true),
    Hdf5Refusal,
    "its weights must take at most 64 times its 100 bytes, chunks included: they claim more",
  );
});
