import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  activationMap,
  linearLogit,
  type MapHead,
  mapMethod,
  poolFeatures,
} from "../../pipeline/evidence/activation_map.ts";
import { type HeadShape, headTensors } from "../../pipeline/head/model.ts";
import { uniformNumbers } from "../../pipeline/numeric/random.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { logitsOf } from "./support.ts";

const LINEAR = { inputs: 6, hidden: 4, classes: 3, activation: "linear" };

/** Numbers in `[-1, 1)`. */
function numbers(seed: number, count: number): Float32Array {
  const uniform = uniformNumbers(seed);
  return Float32Array.from({ length: count }, (_, i) => 2 * uniform(i) - 1);
}

/** A head of random numbers. */
function randomHead(change: Partial<HeadShape>): MapHead {
  const shape = { ...LINEAR, ...change } as HeadShape;
  const parameters = Object.fromEntries(
    headTensors(shape).map(({ name, shape }, i) => [
      name,
      numbers(i + 1, shape.reduce((a, b) => a * b)),
    ]),
  );
  return { shape, parameters };
}

/** A feature map of 3x3 positions, none negative, F32 `[3, 3, 6]`. */
const FEATURES = numbers(9, 54).map((x) => Math.max(0, x));

Deno.test.each<[Partial<HeadShape>, string]>([
  [{ hidden: 0 }, "cam"],
  [{ hidden: 0, activation: "relu" }, "cam"],
  [{ hidden: 4 }, "cam"],
  [{ hidden: 4, activation: "relu" }, "grad-cam"],
])("mapMethod() of a head with %j is %s", (change, method) => {
  assertEquals(mapMethod({ ...LINEAR, ...change } as HeadShape), method);
});

Deno.test("poolFeatures() is the mean over the positions", () => {
  const features = Float32Array.of(1, 10, 2, 20, 3, 30, 6, 60);
  assertEquals(poolFeatures(features, 2), Float64Array.of(3, 30));
});

Deno.test("activationMap() multiplies by the weights of the class", () => {
  const head: MapHead = {
    shape: { inputs: 2, hidden: 0, classes: 2, activation: "linear" },
    parameters: {
      "dense1.kernel": Float32Array.of(1, -1, 2, 3),
      "dense1.bias": Float32Array.of(5, 7),
    },
  };
  const features = Float32Array.of(1, 0, 0, 1, 2, 2, 4, 0);
  assertEquals(activationMap(head, features, 0), Float32Array.of(1, 2, 6, 4));
  assertEquals(activationMap(head, features, 1), Float32Array.of(-1, 3, 4, -4));
});

Deno.test("activationMap() takes known weights where the head is linear, and adds others", () => {
  const known = new Map([[0, new Float64Array(6).fill(1)]]);
  const sums = Array.from(
    { length: 9 },
    (_, i) => FEATURES.subarray(i * 6, i * 6 + 6).reduce((a, b) => a + b),
  );
  const head = randomHead({ hidden: 4 });
  const map = activationMap(head, FEATURES, 0, known);
  assertAllClose(map, sums, { atol: 1e-6 });
  const other = activationMap(head, FEATURES, 1, known);
  assertEquals(activationMap(head, FEATURES, 1, known), other);
  assertEquals(activationMap(head, FEATURES, 1), other);
  assertEquals([...known.keys()], [0, 1]);
  const bent = randomHead({ activation: "relu" });
  assertEquals(
    activationMap(bent, FEATURES, 0, known),
    activationMap(bent, FEATURES, 0),
  );
  activationMap(bent, FEATURES, 2, known);
  assertEquals([...known.keys()], [0, 1]);
});

for (const change of [{ hidden: 0 }, { hidden: 4 }]) {
  Deno.test(`the mean of a map and the constant are the logit: ${JSON.stringify(change)}`, () => {
    const head = randomHead(change);
    const pooled = poolFeatures(FEATURES, 6);
    const logits = logitsOf(head, pooled);
    for (const label of [0, 1, 2]) {
      const map = activationMap(head, FEATURES, label);
      const { constant } = linearLogit(head, label, pooled);
      const mean = map.reduce((a, b) => a + b) / 9;
      assertAlmostEquals(mean + constant, logits[label]!, 1e-6);
    }
  });
}

Deno.test("linearLogit() is the logit and its gradient where the head has a relu", () => {
  const head = randomHead({ activation: "relu" });
  const pooled = poolFeatures(FEATURES, 6);
  const step = 1e-5;
  for (const label of [0, 1, 2]) {
    const { weights, constant } = linearLogit(head, label, pooled);
    const value = weights.reduce((sum, w, d) => sum + w * pooled[d]!, constant);
    assertAlmostEquals(value, logitsOf(head, pooled)[label]!, 1e-12);
    const differences = Array.from(pooled, (_, d) => {
      const [above, below] = [step, -step].map((by) =>
        logitsOf(head, pooled.map((x, i) => i === d ? x + by : x))[label]!
      );
      return (above! - below!) / (2 * step);
    });
    assertAllClose(weights, differences, { atol: 1e-8 });
  }
});

Deno.test("linearLogit() of a relu depends on the features", () => {
  const head: MapHead = {
    shape: { inputs: 1, hidden: 2, classes: 1, activation: "relu" },
    parameters: {
      "dense1.kernel": Float32Array.of(1, -1),
      "dense1.bias": Float32Array.of(0, 0),
      "dense2.kernel": Float32Array.of(2, 3),
      "dense2.bias": Float32Array.of(5),
    },
  };
  const at = (x: number) => linearLogit(head, 0, Float64Array.of(x));
  assertEquals(at(1), { weights: Float64Array.of(2), constant: 5 });
  assertEquals(at(-1), { weights: Float64Array.of(-3), constant: 5 });
  assertEquals(at(0), { weights: Float64Array.of(0), constant: 5 });
});

Deno.test("activationMap() of a relu keeps what speaks for the class, a share a position", () => {
  const head: MapHead = {
    shape: { inputs: 1, hidden: 1, classes: 1, activation: "relu" },
    parameters: {
      "dense1.kernel": Float32Array.of(2),
      "dense1.bias": Float32Array.of(1),
      "dense2.kernel": Float32Array.of(3),
      "dense2.bias": Float32Array.of(0),
    },
  };
  const features = Float32Array.of(1, -1, 0, 4);
  assertEquals(activationMap(head, features, 0), Float32Array.of(1.5, 0, 0, 6));
});
