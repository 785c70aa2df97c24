import { assertEquals, assertRejects } from "@std/assert";
import {
  type EngineProbe,
  probeEngines,
} from "../../../pipeline/backbone/engines/probe.ts";
import {
  choose,
  openBackend,
  openEngine,
} from "../../../pipeline/backbone/engines/select.ts";
import { BackendUnavailableError } from "../../../pipeline/errors.ts";
import { HAS_ADAPTER, smallBackbone } from "../support.ts";

/** The engine that `auto` takes here, and why not those before it. */
async function expectedChoice() {
  const probes = await probeEngines();
  const taken = probes.findIndex(({ isAvailable }) => isAvailable);
  const notes = probes.slice(0, taken)
    .map(({ name, reason }) => `${name}: ${reason}`);
  return { name: probes[taken]!.name, notes };
}

Deno.test("openEngine() takes the first that can be had and says why", async () => {
  const options = { workers: 1, batchSize: 1 };
  const { opened, notes } = await openEngine("auto", smallBackbone(), options);
  await opened.close();
  assertEquals({ name: opened.name, notes }, await expectedChoice());
});

Deno.test({
  name: "openEngine() takes wasm where native code is not permitted",
  permissions: { ffi: false, read: true, env: true, sys: true },
  async fn() {
    const { opened, notes } = await openEngine("auto", smallBackbone());
    await opened.close();
    const [webgpu] = await probeEngines();
    if (webgpu!.isAvailable) return assertEquals(opened.name, "webgpu");
    assertEquals(opened.name, "wasm");
    assertEquals(
      notes[1],
      "cpu: native code is not permitted, which takes --allow-ffi and --allow-env=ORT_DISABLE_TELEMETRY",
    );
  },
});

Deno.test("openEngine() opens wasm by name", async () => {
  const options = { workers: 1 };
  const { opened, notes } = await openEngine("wasm", smallBackbone(), options);
  await opened.close();
  assertEquals([opened.name, notes], ["wasm", []]);
});

Deno.test({
  name: "openEngine() opens a software adapter that is asked for by name",
  ignore: !HAS_ADAPTER,
  async fn() {
    const { opened } = await openEngine("webgpu", smallBackbone());
    await opened.close();
    assertEquals(opened.name, "webgpu");
  },
});

Deno.test("openEngine() refuses an engine that does not exist", async () => {
  await assertRejects(
    () => openEngine("cuda" as "auto", smallBackbone()),
    TypeError,
    'Cannot open engine "cuda" as it must be auto, webgpu, cpu or wasm',
  );
});

/** A machine with a real GPU and without native code. */
const MACHINE: EngineProbe[] = [
  { name: "webgpu", isAvailable: true, limits: {} },
  { name: "cpu", isAvailable: false, reason: "not permitted", limits: {} },
  { name: "wasm", isAvailable: true, limits: {} },
];

Deno.test("choose() takes a real GPU where there is one", async () => {
  const open = (name: string) => Promise.resolve(name);
  assertEquals(
    await choose("auto", open, () => Promise.resolve(MACHINE)),
    { opened: "webgpu", notes: [] },
  );
});

Deno.test("choose() takes wasm and says why when the GPU does not pass", async () => {
  const open = (name: string) =>
    name === "wasm" ? Promise.resolve(name) : Promise.reject(
      new BackendUnavailableError("webgpu", "its self-test failed"),
    );
  assertEquals(
    await choose("auto", open, () => Promise.resolve(MACHINE)),
    {
      opened: "wasm",
      notes: ["webgpu: its self-test failed", "cpu: not permitted"],
    },
  );
  await assertRejects(() => choose("webgpu", open), BackendUnavailableError);
});

Deno.test("choose() throws what says nothing about the GPU", async () => {
  const open = () => Promise.reject(new RangeError("batchSize"));
  await assertRejects(
    () => choose("auto", open, () => Promise.resolve(MACHINE)),
    RangeError,
    "batchSize",
  );
});

Deno.test("choose() says why nothing can be had", async () => {
  const probe = () => Promise.resolve(MACHINE.slice(1, 2));
  await assertRejects(
    () => choose("auto", (name) => Promise.resolve(name), probe),
    BackendUnavailableError,
    'Cannot use engine "auto" as cpu: not permitted',
  );
});

Deno.test("openBackend() starts a backend that passes the self-test", async () => {
  const backend = await openBackend("wasm");
  await backend.stop();
  assertEquals(backend.name, "wasm");
});
