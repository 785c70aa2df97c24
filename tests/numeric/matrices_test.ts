import { assertEquals, assertLess } from "@std/assert";
import {
  factorCholesky,
  invertLower,
  transpose,
} from "../../pipeline/numeric/matrices.ts";
import { uniform } from "../support/random.ts";

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

Deno.test("factorCholesky() gives the factor that is known", () => {
  const a = Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98);
  factorCholesky(a, 3);
  assertEquals([...a], [2, 12, -16, 6, 1, -43, -8, 5, 3]);
});

Deno.test("invertLower() inverts what factorCholesky() gives", () => {
  const l = Float64Array.of(2, 12, -16, 6, 1, -43, -8, 5, 3);
  const inverse = [...invertLower(l, 3)];
  assertEquals(inverse.map((x) => Math.round(x * 6) / 6), [
    0.5,
    0,
    0,
    -3,
    1,
    0,
    38 / 6,
    -10 / 6,
    2 / 6,
  ]);
});

Deno.test("the inverse of the factor makes a random matrix the identity", () => {
  const n = 23;
  const numbers = uniform(1);
  const x = Array.from({ length: n * n }, () => numbers.next().value - 0.5);
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) {
        gram[i * n + j]! += x[i * n + k]! * x[j * n + k]!;
      }
      if (i === j) gram[i * n + j]! += 1;
    }
  }
  const factor = gram.slice();
  factorCholesky(factor, n);
  const inverse = invertLower(factor, n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p <= i; p++) {
        for (let q = 0; q <= j; q++) {
          sum += inverse[i * n + p]! * gram[p * n + q]! * inverse[j * n + q]!;
        }
      }
      assertLess(Math.abs(sum - (i === j ? 1 : 0)), 1e-12);
    }
  }
});
