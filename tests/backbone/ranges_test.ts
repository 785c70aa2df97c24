import { assertEquals } from "@std/assert";
import { chooseRanges, rangeNames } from "../../pipeline/backbone/ranges.ts";
import { smallBackbone } from "./support.ts";

Deno.test("rangeNames() has every sum, and what is added to it", () => {
  assertEquals(rangeNames(smallBackbone().graph).slice(0, 7), [
    "input",
    "conv1",
    "layer1.0.downsample.0",
    "layer1.0.conv1",
    "layer1.0.conv2",
    "layer1.0.conv3.conv",
    "layer1.0.conv3",
  ]);
});

Deno.test("chooseRanges() rounds away from 0, to eighths of an octave", () => {
  const measured = Float32Array.of(-1, 4, 0.5, 1.01);
  assertEquals(chooseRanges(["a", "b"], measured), {
    a: [-1, 4],
    b: [0, Math.fround(2 ** (1 / 8))],
  });
});

Deno.test("chooseRanges() leaves out the most extreme of many photos", () => {
  // 1 to 40 in another order; of 40 photos one is left out.
  const order = Array.from({ length: 40 }, (_, i) => (i * 7) % 40 + 1);
  const measured = Float32Array.from(
    order.flatMap((n) => [-n, n < 40 ? 1 : n]),
  );
  assertEquals(chooseRanges(["a"], measured), {
    a: [-Math.fround(2 ** (43 / 8)), 1],
  });
});

Deno.test("chooseRanges() does not depend on the last bits of what it is given", () => {
  const values = [-0.7, 3.3, -0.9, 2.9, -0.8, 3.1];
  const plain = chooseRanges(["a"], Float32Array.from(values));
  const other = values.map((value) => value * (1 + 1e-5));
  assertEquals(chooseRanges(["a"], Float32Array.from(other)), plain);
});
