import { assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs";
import { SELF_TEST_EMBEDDING } from "../../../pipeline/backends/self_test_embedding.ts";
import { testTfjs } from "../../../pipeline/backends/tfjs/self_test.ts";
import { startWasm } from "../../../pipeline/backends/wasm/device.ts";
import { BackendUnavailableError } from "../../../pipeline/errors.ts";
import { TFJS_DEVICES } from "../support.ts";

for (const { name, ignore, start } of TFJS_DEVICES) {
  Deno.test({
    name: `testTfjs() passes on ${name} and leaves nothing`,
    ignore,
    async fn() {
      const backend = await start();
      const before = tf.memory().numTensors;
      await testTfjs(backend);
      assertEquals(tf.memory().numTensors, before);
      await backend.stop();
    },
  });
}

Deno.test("testTfjs() throws when another embedding is expected", async () => {
  const backend = await startWasm();
  const doubled = SELF_TEST_EMBEDDING.map((value) => value * 2);
  await assertRejects(
    () => testTfjs(backend, doubled),
    BackendUnavailableError,
    'Cannot use engine "wasm" as its self-test must have a relative error of at most 0.0001: current value is 5.0e-1',
  );
  await backend.stop();
});

Deno.test("testTfjs() throws when a number is not one", async () => {
  const backend = await startWasm();
  const expected = SELF_TEST_EMBEDDING.with(5, NaN);
  await assertRejects(
    () => testTfjs(backend, expected),
    BackendUnavailableError,
    "current value is NaN",
  );
  await backend.stop();
});
