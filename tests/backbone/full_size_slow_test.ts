import { buildNetwork } from "../../pipeline/backbone/engines/forward.ts";
import { startTfjs } from "../../pipeline/backbone/engines/tfjs_backend.ts";
import { uniform } from "../../pipeline/backbone/formula.ts";
import { HAS_SHARED, readReference } from "../support/fixtures.ts";
import { assertAgree, ENGINES, float32, formulaBackbone } from "./support.ts";

/** F32 `[1, 224, 224, 3]`, as the reference has it. */
const INPUT = uniform("input224", 224 * 224 * 3, [-2, 2]);

for (const { name, ignore } of ENGINES) {
  for (const variant of ["torchvision", "tf-same"] as const) {
    Deno.test({
      name: `a full-size ${variant} embeds on ${name} as PyTorch does`,
      ignore: ignore || !HAS_SHARED,
      async fn() {
        const path = "weights/expected_full.safetensors";
        const { tensors } = await readReference(path);
        const backend = await startTfjs(name);
        const size = { width: 64, imageSize: 224 };
        const { graph, weights } = formulaBackbone(variant, size);
        const network = buildNetwork(graph, weights);
        const output = network.run(INPUT, 1);
        const actual = await output.data();
        output.dispose();
        network.dispose();
        await backend.stop();
        assertAgree(actual, float32(tensors, `${variant}/features`));
      },
    });
  }
}
