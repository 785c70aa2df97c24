import type { Backbone } from "../../pipeline/backbone/fold.ts";
import { uniform } from "../../pipeline/backbone/formula.ts";
import { assertAgree, float32, formulaBackbone } from "../backbone/support.ts";
import { HAS_SHARED, readReference } from "../support/fixtures.ts";
import { BACKENDS, runNetwork } from "./support.ts";

/** F32 `[1, 224, 224, 3]`, as the reference has it. */
const INPUT = uniform("input224", 224 * 224 * 3, [-2, 2]);

for (const variant of ["torchvision", "tf-same"] as const) {
  // Its weights take seconds to make.
  let network: Backbone | undefined;
  for (const { name, ignore } of BACKENDS) {
    Deno.test({
      name: `a full-size ${variant} embeds on ${name} as PyTorch does`,
      ignore: ignore || !HAS_SHARED,
      async fn() {
        const path = "weights/expected_full.safetensors";
        const { tensors } = await readReference(path);
        network ??= formulaBackbone(variant, { width: 64, imageSize: 224 });
        const actual = await runNetwork(name, network, INPUT);
        assertAgree(actual, float32(tensors, `${variant}/features`));
      },
    });
  }
}
