import { assertEquals, assertRejects } from "@std/assert";
import type { Backend, BackendName } from "../../pipeline/backends/backend.ts";
import {
  openBackend,
  openCompute,
  openEmbedder,
} from "../../pipeline/backends/open_backend.ts";
import { probeBackends, PROBES } from "../../pipeline/backends/probe.ts";
import { BackendUnavailableError } from "../../pipeline/errors.ts";
import { smallBackbone } from "../backbone/support.ts";
import { HAS_ADAPTER } from "./support.ts";

/** What this machine has. */
const FOUND = await probeBackends();

/** Why native code is passed over. */
const NO_CPU =
  "cpu: native code is not permitted: it needs --allow-ffi and --allow-env=ORT_DISABLE_TELEMETRY";

/** Whether `auto` would take a backend on this machine. */
function has(name: BackendName): boolean {
  return FOUND.find((probe) => probe.name === name)!.isAvailable;
}

/** Opens an embedder and closes it; returns its name and the notes. */
async function embedder(...args: Parameters<typeof openEmbedder>) {
  const { opened, notes } = await openEmbedder(...args);
  await opened.close();
  return { name: opened.name, notes };
}

Deno.test("openEmbedder() takes the first that is available and says why", async () => {
  const taken = FOUND.findIndex(({ isAvailable }) => isAvailable);
  const notes = FOUND.slice(0, taken)
    .map(({ name, reason }) => `${name}: ${reason}`);
  const options = { workers: 1, batchSize: 1 };
  assertEquals(
    await embedder("auto", smallBackbone(), options),
    { name: FOUND[taken]!.name, notes },
  );
});

Deno.test({
  name: "openEmbedder() takes wasm where native code is not permitted",
  permissions: { ffi: false, read: true, env: true, sys: true },
  async fn() {
    const { name, notes } = await embedder("auto", smallBackbone());
    if (has("webgpu")) return assertEquals(name, "webgpu");
    assertEquals([name, notes[1]], ["wasm", NO_CPU]);
  },
});

Deno.test("openEmbedder() opens wasm by name", async () => {
  assertEquals(
    await embedder("wasm", smallBackbone(), { workers: 1 }),
    { name: "wasm", notes: [] },
  );
});

Deno.test({
  name: "openEmbedder() opens a software adapter that was chosen by name",
  ignore: !HAS_ADAPTER,
  async fn() {
    const { name } = await embedder("webgpu", smallBackbone());
    assertEquals(name, "webgpu");
  },
});

Deno.test("openEmbedder() refuses a backend that does not exist", async () => {
  await assertRejects(
    () => openEmbedder("cuda" as "auto", smallBackbone()),
    TypeError,
    'Cannot open engine "cuda" as it must be auto, webgpu, cpu or wasm',
  );
});

/** Computes logits; returns the name of the backend and the notes. */
async function compute(...args: Parameters<typeof openCompute>) {
  const { opened, notes } = await openCompute(...args);
  const shape = {
    inputs: 2,
    hidden: 0,
    classes: 2,
    activation: "linear",
  } as const;
  const head = opened.openHead(shape, {
    parameters: {
      "dense1.kernel": Float32Array.of(1, 2, 3, 4),
      "dense1.bias": Float32Array.of(0, 1),
    },
  });
  const logits = await head.predict(Float32Array.of(1, 10));
  await head.dispose();
  opened.check();
  await opened.close();
  assertEquals(logits, Float32Array.of(31, 43));
  return { name: opened.name, notes };
}

Deno.test({
  name: "openCompute() prefers native code when it is permitted",
  ignore: !has("cpu"),
  fn: async () => {
    assertEquals(await compute("auto"), { name: "cpu", notes: [] });
  },
});

Deno.test({
  name: "openCompute() says why native code is passed over",
  permissions: { read: true, env: true, ffi: false },
  fn: async () => {
    assertEquals((await compute("auto")).notes[0], NO_CPU);
  },
});

Deno.test("openCompute() prefers the backend that began the training", async () => {
  assertEquals(await compute("auto", "wasm"), { name: "wasm", notes: [] });
});

Deno.test("openCompute() takes a backend by name, whichever began the training", async () => {
  assertEquals(await compute("wasm", "cpu"), { name: "wasm", notes: [] });
});

Deno.test({
  name:
    "openCompute() takes the best when the backend that began the training is not available",
  ignore: has("webgpu"),
  fn: async () => {
    const { name, notes } = await compute("auto", "webgpu");
    assertEquals(name, has("cpu") ? "cpu" : "wasm");
    assertEquals(notes[0]!.slice(0, 8), "webgpu: ");
  },
});

Deno.test("openCompute() ignores a beginner that does not exist", async () => {
  const { name } = await compute("auto", "cuda");
  assertEquals(name, (await compute("auto")).name);
});

/** Lets this machine have a real GPU and no native code, or other backends, until it is disposed of. */
function pretend(probes: Partial<typeof PROBES> = {}): Disposable {
  const own = { ...PROBES };
  Object.assign(PROBES, {
    webgpu: () => ({ name: "webgpu", isAvailable: true, limits: {} }),
    cpu: () => ({
      name: "cpu",
      isAvailable: false,
      reason: "not permitted",
      limits: {},
    }),
    ...probes,
  });
  return { [Symbol.dispose]: () => void Object.assign(PROBES, own) };
}

/** An order in which backends are tried. */
const ORDER = ["webgpu", "cpu", "wasm"];

/** Names the backend in place of opening anything. */
const nameOf = ({ name }: Backend) => Promise.resolve(name);

Deno.test("openBackend() takes a real GPU where there is one", async () => {
  using _machine = pretend();
  assertEquals(
    await openBackend("auto", nameOf, ORDER),
    { opened: "webgpu", notes: [] },
  );
});

Deno.test("openBackend() takes wasm and says why when the GPU does not pass", async () => {
  using _machine = pretend();
  const open = (backend: Backend) =>
    backend.name === "wasm" ? nameOf(backend) : Promise.reject(
      new BackendUnavailableError("webgpu", "its self-test failed"),
    );
  assertEquals(await openBackend("auto", open, ORDER), {
    opened: "wasm",
    notes: ["webgpu: its self-test failed", "cpu: not permitted"],
  });
  await assertRejects(
    () => openBackend("webgpu", open, ORDER),
    BackendUnavailableError,
  );
});

Deno.test("openBackend() throws what says nothing about the GPU", async () => {
  using _machine = pretend();
  const open = () => Promise.reject(new RangeError("batchSize"));
  await assertRejects(
    () => openBackend("auto", open, ORDER),
    RangeError,
    "batchSize",
  );
});

Deno.test("openBackend() looks for no GPU where another is taken before", async () => {
  using _machine = pretend({
    webgpu: () => Promise.reject(new Error("no driver is loaded")),
  });
  assertEquals(
    await openBackend("auto", nameOf, ["wasm", "webgpu"]),
    { opened: "wasm", notes: [] },
  );
});

Deno.test("openBackend() says why nothing is available", async () => {
  using _machine = pretend();
  await assertRejects(
    () => openBackend("auto", nameOf, ["cpu"]),
    BackendUnavailableError,
    'Cannot use engine "auto" as cpu: not permitted',
  );
});
