import { assertEquals } from "@std/assert";
import type { EngineName } from "../../pipeline/backbone/engine.ts";
import { probeEngines } from "../../pipeline/backbone/engines/probe.ts";
import { openHeadEngine } from "../../pipeline/run/head_engine.ts";

/** What this machine has. */
const PROBES = await probeEngines();

/** Whether `auto` would take an engine on this machine. */
function has(name: EngineName): boolean {
  return PROBES.find((probe) => probe.name === name)!.isAvailable;
}

/** Opens an engine, computes logits with it, and returns its name and the notes. */
async function open(...args: Parameters<typeof openHeadEngine>) {
  const { opened, notes } = await openHeadEngine(...args);
  const shape = {
    inputs: 2,
    hidden: 0,
    classes: 2,
    activation: "linear",
  } as const;
  const head = opened.open(shape, {
    parameters: {
      "dense1.kernel": Float32Array.of(1, 2, 3, 4),
      "dense1.bias": Float32Array.of(0, 1),
    },
  });
  const logits = await head.predict(Float32Array.of(1, 10));
  await head.dispose();
  opened.check();
  await opened.stop();
  assertEquals(logits, Float32Array.of(31, 43));
  return { name: opened.name, notes };
}

Deno.test({
  name: "openHeadEngine() takes native code before all when it is permitted",
  ignore: !has("cpu"),
  fn: async () => {
    assertEquals(await open("auto"), { name: "cpu", notes: [] });
  },
});

Deno.test({
  name:
    "openHeadEngine() says why native code is not taken when it is not permitted",
  permissions: { read: true, env: true, ffi: false },
  fn: async () => {
    const { notes } = await open("auto");
    assertEquals(
      notes[0],
      "cpu: native code is not permitted, which takes --allow-ffi and --allow-env=ORT_DISABLE_TELEMETRY",
    );
  },
});

Deno.test("openHeadEngine() goes on with the engine that began the training", async () => {
  assertEquals(await open("auto", "wasm"), { name: "wasm", notes: [] });
});

Deno.test("openHeadEngine() takes the engine that is asked for, whatever began the training", async () => {
  assertEquals(await open("wasm", "cpu"), { name: "wasm", notes: [] });
});

Deno.test({
  name:
    "openHeadEngine() takes the best when the engine that began the training cannot be had",
  ignore: has("webgpu"),
  fn: async () => {
    const { name, notes } = await open("auto", "webgpu");
    assertEquals(name, has("cpu") ? "cpu" : "wasm");
    assertEquals(notes[0]!.slice(0, 8), "webgpu: ");
  },
});

Deno.test("openHeadEngine() takes no notice of an engine that does not exist", async () => {
  const { name } = await open("auto", "cuda");
  assertEquals(name, (await open("auto")).name);
});
