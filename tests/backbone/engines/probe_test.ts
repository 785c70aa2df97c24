import { assertEquals } from "@std/assert";
import {
  probeCpu,
  probeEngines,
} from "../../../pipeline/backbone/engines/probe.ts";
import { HAS_NATIVE_CODE } from "../embedders.ts";
import { HAS_ADAPTER } from "../support.ts";

Deno.test("probeEngines() says what can be had and why not", async () => {
  const probes = await probeEngines();
  const [webgpu, cpu, wasm] = probes;
  assertEquals(probes.map(({ name }) => name), ["webgpu", "cpu", "wasm"]);
  assertEquals(cpu!.isAvailable, HAS_NATIVE_CODE);
  assertEquals(cpu!.isAvailable, cpu!.reason === undefined);
  assertEquals(wasm!.isAvailable, true);
  assertEquals(webgpu!.isAvailable, webgpu!.reason === undefined);
  assertEquals(webgpu!.description !== undefined, HAS_ADAPTER);
});

Deno.test({
  name: "probeCpu() says what native code takes",
  permissions: { ffi: false },
  async fn() {
    assertEquals(
      (await probeCpu()).reason,
      "native code is not permitted, which takes --allow-ffi and --allow-env=ORT_DISABLE_TELEMETRY",
    );
  },
});
