import { assertAlmostEquals, assertEquals } from "@std/assert";
import { formulaWeights, uniform } from "../../pipeline/backbone/formula.ts";
import { buildGraph } from "../../pipeline/backbone/graph.ts";
import { resNet, VARIANTS } from "../../pipeline/backbone/spec.ts";
import { readResNet } from "../../pipeline/weights/read_resnet.ts";
import { HAS_SHARED, readReference } from "../support/fixtures.ts";

Deno.test("uniform() starts at the mixed checksum of the name", () => {
  // zlib.crc32(b"123456789") is 0xcbf43926, the check value of CRC-32, and
  // MurmurHash3's fmix32 of it is 0xe8781fa3.
  const [first] = uniform("123456789", 1, [0, 2 ** 32]);
  assertEquals(first, Math.fround(0xe8781fa3));
});

Deno.test("uniform() stays in its range and fills it", () => {
  const numbers = uniform("stem/w", 10_000, [-2, 3]);
  assertAlmostEquals(Math.min(...numbers), -2, 0.01);
  assertAlmostEquals(Math.max(...numbers), 3, 0.01);
  const mean = numbers.reduce((a, b) => a + b) / numbers.length;
  assertAlmostEquals(mean, 0.5, 0.05);
});

Deno.test({
  name: "formulaWeights() makes the weights of the reference file",
  ignore: !HAS_SHARED,
  async fn() {
    const path = "weights/torchvision.safetensors";
    const file = await readReference(path);
    const { spec, source } = readResNet(file.tensors, { path });
    const formula = formulaWeights(VARIANTS.torchvision);
    assertEquals(
      spec,
      resNet("torchvision", { blocks: [3, 4, 23, 3], width: 4 }),
    );
    for (const layer of buildGraph(spec, 64).layers) {
      if (layer.kind !== "conv") continue;
      const { bias: _, layout: _l, refuse: _r, ...expected } = source(layer);
      assertEquals(formula(layer), expected, layer.name);
    }
  },
});
