import { assertEquals } from "@std/assert";
import { DigestTable } from "../../pipeline/dataset/digest_table.ts";

/** A digest whose first bytes, which say where to look, are few. */
function digest(number: number): Uint8Array {
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setUint32(28, number);
  bytes[0] = number % 7;
  return bytes;
}

Deno.test("add() numbers digests in order, and finds those that are there", () => {
  const table = new DigestTable();
  assertEquals([3, 5, 3, 4, 5].map((n) => table.add(digest(n))), [
    0,
    1,
    0,
    2,
    1,
  ]);
  assertEquals(table.size, 3);
});

Deno.test("find() finds each of many that start alike, and no other", () => {
  const table = new DigestTable();
  const numbers = Array.from({ length: 1200 }, (_, i) => i);
  for (const number of numbers) table.add(digest(number));
  assertEquals(numbers.map((n) => table.find(digest(n))), numbers);
  assertEquals(table.find(digest(1200)), -1);
  assertEquals(new DigestTable().find(digest(0)), -1);
});
