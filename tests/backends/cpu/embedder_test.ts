import { assertEquals, assertRejects } from "@std/assert";
import { openEmbedder } from "../../../pipeline/backends/cpu/embedder.ts";
import { BackendUnavailableError } from "../../../pipeline/errors.ts";
import { smallBackbone } from "../../backbone/support.ts";

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
