import { assert, assertEquals, assertThrows } from "@std/assert";
import { foldedConv } from "../../pipeline/backbone/fold.ts";
import { roundHead, roundNetwork } from "../../pipeline/export/half.ts";
import { smallBackbone } from "../backbone/support.ts";

/** A head of one unit. */
function head(weight: number) {
  return {
    shape: { inputs: 1, hidden: 0, classes: 1, activation: "linear" as const },
    parameters: {
      "dense1.kernel": Float32Array.of(weight),
      "dense1.bias": Float32Array.of(weight),
    },
    metadata: {},
  };
}

Deno.test("roundNetwork() rounds kernels to F16, and leaves biases", () => {
  const [plain, rounded] = [smallBackbone(), smallBackbone()];
  roundNetwork(rounded);
  for (const layer of plain.graph.layers) {
    if (layer.kind !== "conv") continue;
    const before = foldedConv(plain.weights, layer);
    const after = foldedConv(rounded.weights, layer);
    assertEquals(after.bias, before.bias);
    assertEquals(
      after.weight,
      Float32Array.from(Float16Array.from(before.weight)),
    );
    assert(after.weight.some((value, i) => value !== before.weight[i]));
  }
});

Deno.test("roundHead() rounds a copy of the kernels to F16", () => {
  const plain = head(0.1);
  const { parameters } = roundHead(plain);
  assertEquals(parameters["dense1.kernel"], Float32Array.of(0.0999755859375));
  assertEquals(parameters["dense1.bias"], Float32Array.of(0.1));
  assertEquals(plain.parameters["dense1.kernel"], Float32Array.of(0.1));
});

Deno.test("roundHead() refuses a weight that F16 cannot hold", () => {
  assertThrows(
    () => roundHead(head(65520)),
    RangeError,
    'Cannot keep "dense1.kernel" in half precision as every weight must be below 65520: there is 65520',
  );
});
