import { assertEquals } from "@std/assert";
import {
  examineEngines,
  probeBackends,
  probeCpu,
} from "../../pipeline/backends/probe.ts";
import { HAS_ADAPTER, HAS_NATIVE_CODE } from "./support.ts";

/** Why native code is not taken. */
const NOT_PERMITTED =
  "native code is not permitted: it needs --allow-ffi and --allow-env=ORT_DISABLE_TELEMETRY";

Deno.test("probeBackends() says what is available and why not", async () => {
  const probes = await probeBackends();
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
    assertEquals((await probeCpu()).reason, NOT_PERMITTED);
  },
});

Deno.test({
  name: "examineEngines() finds native code that passes its self-test",
  ignore: !HAS_NATIVE_CODE,
  async fn() {
    assertEquals(await examineEngines(), await probeBackends());
  },
});

Deno.test({
  name: "examineEngines() tries nothing that is not permitted",
  permissions: { ffi: false },
  async fn() {
    const [, cpu] = await examineEngines();
    assertEquals([cpu!.isAvailable, cpu!.reason], [false, NOT_PERMITTED]);
  },
});
