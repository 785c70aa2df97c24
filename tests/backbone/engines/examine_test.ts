import { assertEquals } from "@std/assert";
import { examineEngines } from "../../../pipeline/backbone/engines/examine.ts";
import { probeEngines } from "../../../pipeline/backbone/engines/probe.ts";
import { HAS_NATIVE_CODE } from "../embedders.ts";

Deno.test({
  name: "examineEngines() finds native code that passes its self-test",
  ignore: !HAS_NATIVE_CODE,
  async fn() {
    assertEquals(await examineEngines(), await probeEngines());
  },
});

Deno.test({
  name: "examineEngines() tries nothing that is not permitted",
  permissions: { ffi: false },
  async fn() {
    const [, cpu] = await examineEngines();
    assertEquals(
      [cpu!.isAvailable, cpu!.reason],
      [
        false,
        "native code is not permitted, which takes --allow-ffi and --allow-env=ORT_DISABLE_TELEMETRY",
      ],
    );
  },
});
