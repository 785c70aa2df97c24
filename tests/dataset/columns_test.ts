import { assertEquals } from "@std/assert";
import { NumberColumn, TextColumn } from "../../pipeline/dataset/columns.ts";

Deno.test("NumberColumn keeps values while it grows", () => {
  const column = new NumberColumn(Int32Array);
  for (let i = 0; i < 5000; i++) column.push(-i);
  column.append(Int32Array.of(7, 8));
  assertEquals(column.length, 5002);
  assertEquals([0, 2047, 2048, 4999, 5001].map((row) => column.at(row)), [
    0,
    -2047,
    -2048,
    -4999,
    8,
  ]);
  assertEquals(column.slice(4999, 5002), Int32Array.of(-4999, 7, 8));
});

Deno.test("NumberColumn takes more at once than it has room for", () => {
  const column = new NumberColumn(Uint8Array);
  column.append(new Uint8Array(100_000).fill(3));
  assertEquals([column.length, column.at(99_999)], [100_000, 3]);
});

Deno.test("set() replaces one value of a NumberColumn", () => {
  const column = new NumberColumn(Int32Array);
  column.append(Int32Array.of(1, 2, 3));
  column.set(1, -7);
  assertEquals(column.slice(0, 3), Int32Array.of(1, -7, 3));
});

Deno.test("TextColumn returns texts as they came, with marks and none at all", () => {
  const texts = ["a/ä.jpg", "", "\ufeffb", "\u{1f33b}", "c".repeat(9000)];
  const column = new TextColumn();
  texts.forEach((text) => column.push(text));
  assertEquals(column.length, 5);
  assertEquals(texts.map((_, row) => column.at(row)), texts);
});
