import { assertEquals, assertRejects } from "@std/assert";
import {
  openEngine,
  probeEngines,
} from "../../../pipeline/backbone/engines/select.ts";
import { HAS_ADAPTER, smallBackbone } from "../support.ts";

Deno.test("probeEngines() says what can be had and why not", async () => {
  const [webgpu, wasm] = await probeEngines();
  assertEquals([webgpu!.name, wasm!.name], ["webgpu", "wasm"]);
  assertEquals(wasm!.isAvailable, true);
  assertEquals(webgpu!.isAvailable, webgpu!.reason === undefined);
  assertEquals(webgpu!.description !== undefined, HAS_ADAPTER);
});

Deno.test("openEngine() takes the first that can be had and says why", async () => {
  const [webgpu] = await probeEngines();
  const options = { workers: 1, batchSize: 1 };
  const { engine, notes } = await openEngine("auto", smallBackbone(), options);
  await engine.close();
  assertEquals(engine.name, webgpu!.isAvailable ? "webgpu" : "wasm");
  const reason = webgpu!.reason;
  assertEquals(notes, reason === undefined ? [] : [`webgpu: ${reason}`]);
});

Deno.test("openEngine() opens wasm by name", async () => {
  const options = { workers: 1 };
  const { engine, notes } = await openEngine("wasm", smallBackbone(), options);
  await engine.close();
  assertEquals([engine.name, notes], ["wasm", []]);
});

Deno.test({
  name: "openEngine() opens a software adapter that is asked for by name",
  ignore: !HAS_ADAPTER,
  async fn() {
    const { engine } = await openEngine("webgpu", smallBackbone());
    await engine.close();
    assertEquals(engine.name, "webgpu");
  },
});

Deno.test("openEngine() refuses an engine that does not exist", async () => {
  await assertRejects(
    () => openEngine("cuda" as "auto", smallBackbone()),
    TypeError,
    'Cannot open engine "cuda" as it must be auto, webgpu or wasm',
  );
});
