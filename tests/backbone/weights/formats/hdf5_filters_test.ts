import { assertEquals, assertThrows } from "@std/assert";
import { zlibSync } from "fflate";
import { undoFilters } from "../../../../pipeline/backbone/weights/formats/hdf5_filters.ts";

/** Numbers of the filters. */
const DEFLATE = 1;
const SHUFFLE = 2;
const FLETCHER32 = 3;

/** Two elements of three bytes. */
const SIZES = { chunkBytes: 6, elementBytes: 3, skipped: 0 };

/** Those, shuffled, are 1 4 2 5 3 6. */
const ELEMENTS = Uint8Array.of(1, 2, 3, 4, 5, 6);
const SHUFFLED = Uint8Array.of(1, 4, 2, 5, 3, 6);

Deno.test("undoFilters() undoes filters in the opposite order of writing", () => {
  const stored = zlibSync(SHUFFLED);
  assertEquals(undoFilters(stored, [SHUFFLE, DEFLATE], SIZES), ELEMENTS);
});

Deno.test("undoFilters() leaves out the filters that the chunk left out", () => {
  const sizes = { ...SIZES, skipped: 0b10 };
  assertEquals(undoFilters(SHUFFLED, [SHUFFLE, DEFLATE], sizes), ELEMENTS);
});

Deno.test("undoFilters() throws if the checksum differs", () => {
  // 0x0102 + 0x0304 + 0x0506 = 0x090c, and 0x0102 + 0x0406 + 0x090c = 0x0e14.
  const stored = Uint8Array.of(...ELEMENTS, 0x0c, 0x09, 0x14, 0x0e);
  assertEquals(undoFilters(stored, [FLETCHER32], SIZES), ELEMENTS);
  const inside = zlibSync(stored);
  assertEquals(undoFilters(inside, [FLETCHER32, DEFLATE], SIZES), ELEMENTS);
  stored[0] = 2;
  assertThrows(() => undoFilters(stored, [FLETCHER32], SIZES), RangeError);
  const short = stored.subarray(0, 3);
  assertThrows(() => undoFilters(short, [FLETCHER32], SIZES), RangeError);
});

Deno.test("undoFilters() throws if the chunk has another size", () => {
  const short = ELEMENTS.subarray(1);
  assertThrows(
    () => undoFilters(zlibSync(short), [DEFLATE], SIZES),
    RangeError,
    "5 bytes come out instead of 6",
  );
  assertThrows(
    () => undoFilters(short, [], SIZES),
    RangeError,
    "5 bytes remain of 6",
  );
});

Deno.test("undoFilters() refuses a chunk that inflates to far more than it must", () => {
  const bomb = zlibSync(new Uint8Array(2 ** 25), { level: 1 });
  assertThrows(
    () => undoFilters(bomb, [DEFLATE], SIZES),
    RangeError,
    "more than 6 bytes come out",
  );
});
