import { assertEquals } from "@std/assert";
import { probeEngines } from "../../../pipeline/backbone/engines/probe.ts";
import { HAS_ADAPTER } from "../support.ts";

Deno.test("probeEngines() says what can be had and why not", async () => {
  const [webgpu, wasm] = await probeEngines();
  assertEquals([webgpu!.name, wasm!.name], ["webgpu", "wasm"]);
  assertEquals(wasm!.isAvailable, true);
  assertEquals(webgpu!.isAvailable, webgpu!.reason === undefined);
  assertEquals(webgpu!.description !== undefined, HAS_ADAPTER);
});
