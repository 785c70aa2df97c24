import { assertRejects } from "@std/assert";
import { selfTest } from "../../pipeline/backends/self_test.ts";
import { SELF_TEST_EMBEDDING } from "../../pipeline/backends/self_test_embedding.ts";
import { BackendUnavailableError } from "../../pipeline/errors.ts";

Deno.test.each<[string, number[]]>([
  ["5.0e-1", SELF_TEST_EMBEDDING.map((value) => value * 1.5)],
  ["NaN", SELF_TEST_EMBEDDING.with(5, NaN)],
])("selfTest() throws when the relative error is %s", async (error, actual) => {
  await assertRejects(
    () => selfTest({ name: "wasm", run: () => Promise.resolve(actual) }),
    BackendUnavailableError,
    `Cannot use engine "wasm" as its self-test must have a relative error of at most 0.0001: current value is ${error}`,
  );
});
