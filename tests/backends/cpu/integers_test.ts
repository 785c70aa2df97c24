import { assertEquals, assertRejects } from "@std/assert";
import { chooseIntegers } from "../../../pipeline/backends/cpu/integers.ts";
import {
  loadOnnxRuntime,
  type OnnxRuntime,
} from "../../../pipeline/backends/cpu/runtime.ts";
import { BackendUnavailableError } from "../../../pipeline/errors.ts";
import { HAS_NATIVE_CODE } from "../support.ts";

/** A CPU that cuts off sums in 16 bits, unless it is asked for exact ones and `canBeExact`. */
function saturating(runtime: OnnxRuntime, canBeExact: boolean): OnnxRuntime {
  const create = async (
    model: Uint8Array,
    options: { extra: { session: { x64quantprecision?: string } } },
  ) => {
    const session = await runtime.InferenceSession.create(model, options);
    const isExact = canBeExact &&
      options.extra.session.x64quantprecision === "1";
    if (isExact) return session;
    const run = async (feeds: Parameters<typeof session.run>[0]) => {
      const { sums } = await session.run(feeds);
      const data = (sums!.data as Uint8Array).map((sum) => Math.min(sum, 64));
      return { sums: { ...sums, data } };
    };
    return { run, release: () => session.release() };
  };
  return { ...runtime, InferenceSession: { create } } as unknown as OnnxRuntime;
}

Deno.test({
  name:
    "chooseIntegers() takes exact instructions where the fast ones are wrong",
  ignore: !HAS_NATIVE_CODE,
  async fn() {
    const runtime = await loadOnnxRuntime();
    assertEquals(await chooseIntegers(saturating(runtime, true)), "exact");
    await chooseIntegers(runtime);
  },
});

Deno.test({
  name: "chooseIntegers() refuses a CPU without exact instructions",
  ignore: !HAS_NATIVE_CODE,
  async fn() {
    const runtime = await loadOnnxRuntime();
    await assertRejects(
      () => chooseIntegers(saturating(runtime, false)),
      BackendUnavailableError,
      `Cannot use engine "cpu" as its self-test of integers must add products of 8 bits exactly: sum 256 is 64, not 67; use --precision float32`,
    );
  },
});
