import { assertEquals, assertLess, assertNotEquals } from "@std/assert";
import { headTensors, initializeHead } from "../../pipeline/head/model.ts";

const SHAPE = {
  inputs: 300,
  hidden: 200,
  classes: 5,
  activation: "linear",
} as const;

Deno.test("headTensors() lists kernel and bias of both layers", () => {
  assertEquals(headTensors(SHAPE), [
    { name: "dense1.kernel", shape: [300, 200] },
    { name: "dense1.bias", shape: [200] },
    { name: "dense2.kernel", shape: [200, 5] },
    { name: "dense2.bias", shape: [5] },
  ]);
});

Deno.test("headTensors() lists one layer when there is no hidden one", () => {
  assertEquals(headTensors({ ...SHAPE, hidden: 0 }), [
    { name: "dense1.kernel", shape: [300, 5] },
    { name: "dense1.bias", shape: [5] },
  ]);
});

Deno.test("initializeHead() draws kernels within Glorot's limit, biases are 0", () => {
  const head = initializeHead(SHAPE, 4);
  const kernel = head["dense1.kernel"]!;
  const limit = Math.sqrt(6 / 500);
  assertEquals(kernel.length, 60_000);
  assertEquals(kernel.every((x) => Math.abs(x) <= limit), true);
  const mean = kernel.reduce((a, b) => a + b, 0) / kernel.length;
  const variance = kernel.reduce((a, b) => a + b * b, 0) / kernel.length;
  // Four standard errors of uniform numbers in [-limit, limit].
  assertLess(Math.abs(mean), 4 * limit / Math.sqrt(3 * kernel.length));
  assertLess(
    Math.abs(variance - limit ** 2 / 3),
    4 * limit ** 2 * Math.sqrt(4 / 45 / kernel.length),
  );
  assertEquals(head["dense1.bias"], new Float32Array(200));
  assertEquals(head["dense2.bias"], new Float32Array(5));
});

Deno.test("initializeHead() is a function of the seed", () => {
  assertEquals(initializeHead(SHAPE, 4), initializeHead(SHAPE, 4));
  assertNotEquals(
    initializeHead(SHAPE, 4)["dense2.kernel"],
    initializeHead(SHAPE, 5)["dense2.kernel"],
  );
});
