import { assertEquals } from "@std/assert";
import {
  assertAgree,
  float32,
  formulaBackbone,
  VARIANT_NAMES,
} from "../backbone/support.ts";
import { HAS_SHARED, readReference } from "../support/fixtures.ts";
import { BACKENDS, runNetwork } from "./support.ts";

for (const { name, ignore } of BACKENDS) {
  for (const variant of VARIANT_NAMES) {
    Deno.test({
      name: `a small ${variant} embeds on ${name} as PyTorch does`,
      ignore: ignore || !HAS_SHARED,
      async fn() {
        const path = "weights/expected.safetensors";
        const { tensors } = await readReference(path);
        const network = formulaBackbone(variant, { width: 4, imageSize: 64 });
        const actual = await runNetwork(
          name,
          network,
          float32(tensors, "input"),
        );
        assertEquals(actual.length, 2 * 128);
        assertAgree(actual, float32(tensors, `${variant}/features`));
      },
    });
  }
}
