import { assertEquals } from "@std/assert";
import { headLogits } from "../../pipeline/evidence/head_logits.ts";
import type { SavedHead } from "../../pipeline/head/checkpoint.ts";
import { assertAllClose } from "../support/assert_all_close.ts";
import { withHeads } from "../backends/support.ts";
import { uniform } from "../support/random.ts";

/** A head of random numbers. */
function randomHead(
  hidden: number,
  activation: "linear" | "relu",
): SavedHead {
  const numbers = uniform(7);
  const draw = (length: number) =>
    Float32Array.from({ length }, () => numbers.next().value - 0.5);
  const [inputs, classes] = [6, 3];
  const parameters: SavedHead["parameters"] = hidden === 0
    ? {
      "dense1.kernel": draw(inputs * classes),
      "dense1.bias": draw(classes),
    }
    : {
      "dense1.kernel": draw(inputs * hidden),
      "dense1.bias": draw(hidden),
      "dense2.kernel": draw(hidden * classes),
      "dense2.bias": draw(classes),
    };
  const shape = { inputs, hidden, classes, activation };
  return { shape, parameters, metadata: {} };
}

Deno.test("headLogits() multiplies an embedding with the kernel", () => {
  const head: SavedHead = {
    shape: { inputs: 2, hidden: 0, classes: 2, activation: "linear" },
    parameters: {
      "dense1.kernel": Float32Array.of(1, 2, 3, 4),
      "dense1.bias": Float32Array.of(10, 20),
    },
    metadata: {},
  };
  assertEquals(
    headLogits(head)(Float32Array.of(1, 2)),
    Float32Array.of(17, 30),
  );
});

Deno.test.each<[number, "linear" | "relu"]>([
  [0, "linear"],
  [5, "linear"],
  [5, "relu"],
])(
  "headLogits() equals the head on a backend with %d units, %s",
  async (hidden, activation) => {
    const head = randomHead(hidden, activation);
    const logits = headLogits(head);
    const rows = [1, 2, 3].map((seed) => {
      const numbers = uniform(seed);
      return Float32Array.from({ length: 6 }, () => numbers.next().value);
    });
    await withHeads("wasm", async (open) => {
      const network = open(head.shape, head);
      const all = Float32Array.from(rows.flatMap((row) => [...row]));
      const expected = await network.predict(all);
      await network.dispose();
      const actual = Float32Array.from(rows.flatMap((row) => [...logits(row)]));
      assertAllClose(actual, expected, { rtol: 1e-5, atol: 1e-6 });
    });
  },
);
