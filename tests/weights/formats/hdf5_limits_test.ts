import { assertEquals } from "@std/assert";
import {
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

Deno.test("mostPieceMs() and mostTotalMs() are 1 and 10 seconds, and one more for each 32 MB", () => {
  const sizes = [0, 2 ** 15, 32_768_000];
  assertEquals(sizes.map(mostPieceMs), [1000, 1001, 2000]);
  assertEquals(sizes.map(mostTotalMs), [10_000, 10_001, 11_000]);
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
