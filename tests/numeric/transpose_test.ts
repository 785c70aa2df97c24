import { assertEquals } from "@std/assert";
import { transpose } from "../../pipeline/numeric/transpose.ts";

Deno.test("transpose() turns rows into columns", () => {
  assertEquals(
    transpose(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3),
    Float32Array.of(1, 4, 2, 5, 3, 6),
  );
});

Deno.test("transpose() puts every number in its place when tiles are cut short", () => {
  const [rows, columns] = [67, 41];
  const values = Float32Array.from({ length: rows * columns }, (_, i) => i);
  const result = transpose(values, rows, columns);
  const expected = Float32Array.from(
    values,
    (_, i) => (i % rows) * columns + Math.floor(i / rows),
  );
  assertEquals(result, expected);
  assertEquals(transpose(result, columns, rows), values);
});
