import { assertRejects } from "@std/assert";
import { openEmbedder } from "../../../pipeline/backends/wasm/embedder.ts";
import { BackendUnavailableError } from "../../../pipeline/errors.ts";
import { smallBackbone } from "../../backbone/support.ts";

Deno.test("openEmbedder() fails when a worker cannot load the weights", async () => {
  const backbone = smallBackbone();
  backbone.weights.entries = {};
  await assertRejects(
    () => openEmbedder(backbone, { workers: 2 }),
    BackendUnavailableError,
    'Cannot use engine "wasm" as a worker has failed: ',
  );
});

Deno.test("openEmbedder() refuses a number of workers that is not positive", async () => {
  await assertRejects(
    () => openEmbedder(smallBackbone(), { workers: 0 }),
    RangeError,
    'Cannot open engine "wasm" as workers must be a positive integer: current value is 0',
  );
});
