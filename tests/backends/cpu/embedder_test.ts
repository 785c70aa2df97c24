import {
  assertEquals,
  assertFalse,
  assertNotEquals,
  assertRejects,
} from "@std/assert";
import { type Backbone, foldWeights } from "../../../pipeline/backbone/fold.ts";
import { formulaWeights } from "../../../pipeline/backbone/formula.ts";
import { buildGraph } from "../../../pipeline/backbone/graph.ts";
import { rangeNames } from "../../../pipeline/backbone/ranges.ts";
import { resNet } from "../../../pipeline/backbone/spec.ts";
import { openEmbedder } from "../../../pipeline/backends/cpu/embedder.ts";
import { isSmall } from "../../../pipeline/backends/cpu/small.ts";
import { BackendUnavailableError } from "../../../pipeline/errors.ts";
import { noise, smallBackbone } from "../../backbone/support.ts";
import { HAS_NATIVE_CODE, withEmbedder } from "../support.ts";

Deno.test({
  name: "openEmbedder() keeps the weights when native code is not permitted",
  permissions: { ffi: false, read: true, env: true, sys: true },
  async fn() {
    const backbone = smallBackbone();
    const { length } = backbone.weights.values;
    await assertRejects(
      () => openEmbedder(backbone),
      BackendUnavailableError,
      'Cannot use engine "cpu" as it does not load: ',
    );
    assertEquals(backbone.weights.values.length, length);
  },
});

Deno.test({
  name:
    "openEmbedder() frees what it has read, even late, when native code is not permitted",
  permissions: { ffi: false, read: true, env: true, sys: true },
  async fn() {
    const backbone = smallBackbone();
    const read = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return backbone;
    };
    await assertRejects(
      () => openEmbedder({ read }),
      BackendUnavailableError,
      'Cannot use engine "cpu" as it does not load: ',
    );
    assertEquals(backbone.weights.values.length, 0);
  },
});

/** A backbone in integers that is worth several threads. */
function quantizedBackbone(): Backbone {
  const spec = resNet("torchvision", { blocks: [1, 1, 1, 1], width: 32 });
  const graph = buildGraph(spec, 96);
  assertFalse(isSmall(graph));
  const ranges = Object.fromEntries(
    rangeNames(graph).map((name) => [name, [-8, 8]] as const),
  );
  const weights = foldWeights(graph, formulaWeights(spec));
  return { ...smallBackbone(), graph, weights, ranges };
}

Deno.test({
  name: "openEmbedder() has the same bytes in 8 bits with two workers",
  ignore: !HAS_NATIVE_CODE,
  async fn() {
    const images = noise(5, 96);
    const views = ["plain", "flipped"] as const;
    const [one, two] = await Promise.all(
      [1, 2].map((workers) =>
        withEmbedder(
          "cpu",
          quantizedBackbone(),
          { workers },
          async (engine) => {
            const { description, batchSize } = engine;
            const rows = await engine.embed(images, { count: 5, views });
            return { description, batchSize, rows };
          },
        )
      ),
    );
    assertEquals(two, one);
    assertNotEquals(new Set(one!.rows).size, 1);
  },
});
