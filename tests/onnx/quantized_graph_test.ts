import { assertLess, assertThrows } from "@std/assert";
import { foldWeights } from "../../pipeline/backbone/fold.ts";
import { formulaWeights, uniform } from "../../pipeline/backbone/formula.ts";
import { buildGraph } from "../../pipeline/backbone/graph.ts";
import type { Ranges } from "../../pipeline/backbone/ranges.ts";
import { resNet } from "../../pipeline/backbone/spec.ts";
import { runOnnxNetwork } from "../../pipeline/backends/cpu/session.ts";
import { encodeNetwork } from "../../pipeline/onnx/backbone_graph.ts";
import { smallBackbone } from "../backbone/support.ts";
import { HAS_NATIVE_CODE } from "../backends/support.ts";
import { relativeError } from "../support/assert_all_close.ts";
import { readFixture } from "../support/fixtures.ts";

/** What numpy makes of two images in integers of 8 bits. */
interface Golden {
  ranges: Ranges;
  /** F32 `[2, 128]`. */
  embedding: number[][];
}

Deno.test({
  name: "a quantized network computes the integers that numpy computes",
  ignore: !HAS_NATIVE_CODE,
  async fn() {
    const bytes = await readFixture("golden/quantized.json");
    const golden: Golden = JSON.parse(new TextDecoder().decode(bytes));
    const spec = resNet("torchvision", { blocks: [2, 1, 1, 1], width: 4 });
    const graph = buildGraph(spec, 64);
    const weights = foldWeights(graph, formulaWeights(spec));
    const { ranges } = golden;
    const pixels = uniform("input", 2 * 64 ** 2 * 3, [-2, 2]);
    const actual = await runOnnxNetwork({ graph, weights, ranges }, pixels);
    assertLess(relativeError(actual, golden.embedding.flat()), 1e-6);
  },
});

Deno.test("a network is not quantized without the range of each activation", () => {
  const { graph, weights } = smallBackbone();
  assertThrows(
    () => encodeNetwork({ graph, weights, ranges: { input: [-1, 1] } }),
    RangeError,
    `Cannot compute activation "conv1" in 8 bits as its range must be known: there is none`,
  );
});
