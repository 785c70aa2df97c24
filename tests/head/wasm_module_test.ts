import { assertEquals, assertThrows } from "@std/assert";
import {
  type Code,
  constant,
  f32x4,
  get,
  i32,
  i32x4,
  instantiate,
  integer,
  load,
  repeat,
  set,
  store,
  v128,
} from "../../pipeline/head/wasm_module.ts";

/** Runs code on a page of memory; returns its first integers. */
function run(body: Code, vectors = 1, count = 4): number[] {
  const memory = new WebAssembly.Memory({ initial: 1 });
  instantiate({ parameters: [], vectors, body }, memory)();
  return [...new Int32Array(memory.buffer, 0, count)];
}

// The bounds of one, two and five bytes, and numbers by their low 32 bits.
Deno.test.each([
  0,
  63,
  64,
  -64,
  -65,
  8191,
  8192,
  -8192,
  -8193,
  2 ** 31 - 1,
  -(2 ** 31),
  2 ** 32 - 1,
  0x9e3779b9,
])("integer() is %s on the stack", (value) => {
  const body = store(integer(0), i32x4.splat(integer(value)));
  assertEquals(run(body), Array(4).fill(value | 0));
});

Deno.test("constant() is four numbers by their low 32 bits", () => {
  const body = store(
    integer(0),
    constant([1, -1, 2 ** 32 - 2, 5 * 2 ** 32 + 3]),
  );
  assertEquals(run(body), [1, -1, -2, 3]);
});

Deno.test("get() and set() reach locals whose number takes two bytes", () => {
  const body = [
    ...set(200, constant([1, 2, 3, 4])),
    ...store(integer(0), get(200)),
  ];
  assertEquals(run(body, 201), [1, 2, 3, 4]);
});

Deno.test("operators work on each of four numbers", () => {
  const [a, b] = [constant([1, -8, 100, 7]), constant([3, 5, -100, 7])];
  const results = [
    i32x4.add(a, b),
    i32x4.mul(a, b),
    i32x4.atLeast(a, b),
    i32x4.shiftRight(a, integer(2)),
    v128.and(a, b),
    v128.xor(a, b),
  ];
  const body = results.flatMap((result, i) => store(integer(16 * i), result));
  assertEquals(run(body, 1, 24), [
    ...[4, -3, 0, 14],
    ...[3, -40, -10000, 49],
    // Unsigned: -8 is more than 5, and 100 less than -100.
    ...[0, -1, 0, -1],
    ...[0, 2 ** 30 - 2, 25, 1],
    ...[1, -8 & 5, 100 & -100, 7],
    ...[2, -8 ^ 5, 100 ^ -100, 0],
  ]);
});

Deno.test("operators on floats round each result to 32 bits", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const [a, b] = [f32x4.splat(get(0)), f32x4.splat(get(1))];
  const { add, sub, mul, div, sqrt } = f32x4;
  const results = [add(a, b), sub(a, b), mul(a, b), div(a, b), sqrt(a)];
  const body = results.flatMap((x, i) => store(integer(16 * i), x));
  const parameters = ["f32", "f32"] as const;
  instantiate({ parameters, vectors: 0, body }, memory)(0.1, 3);
  const [x, y] = [Math.fround(0.1), 3];
  assertEquals(
    new Float32Array(memory.buffer, 0, 20),
    Float32Array.from([x + y, x - y, x * y, x / y, Math.sqrt(x)].flatMap(
      (result) => Array(4).fill(result),
    )),
  );
});

Deno.test("repeat() goes on as long as its condition holds", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const step = [
    store(get(0), i32x4.add(load(get(0)), i32x4.splat(integer(7)))),
    set(0, i32.add(get(0), integer(16))),
  ];
  const body = repeat(step, i32.lessThan(get(0), get(1)));
  const parameters = ["i32", "i32"] as const;
  instantiate({ parameters, vectors: 0, body }, memory)(16, 48);
  assertEquals(
    [...new Int32Array(memory.buffer, 0, 16)],
    [0, 7, 7, 0].flatMap((value) => Array(4).fill(value)),
  );
});

Deno.test("instantiate() makes functions that cannot leave their memory", () => {
  const body = store(integer(65536), constant([1, 2, 3, 4]));
  assertThrows(() => run(body), WebAssembly.RuntimeError);
});
