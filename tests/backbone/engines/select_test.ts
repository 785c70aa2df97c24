import { assertEquals, assertRejects } from "@std/assert";
import { probeEngines } from "../../../pipeline/backbone/engines/probe.ts";
import {
  choose,
  openBackend,
  openEngine,
} from "../../../pipeline/backbone/engines/select.ts";
import { BackendUnavailableError } from "../../../pipeline/errors.ts";
import { HAS_ADAPTER, smallBackbone } from "../support.ts";

Deno.test("openEngine() takes the first that can be had and says why", async () => {
  const [webgpu] = await probeEngines();
  const options = { workers: 1, batchSize: 1 };
  const { opened, notes } = await openEngine("auto", smallBackbone(), options);
  await opened.close();
  assertEquals(opened.name, webgpu!.isAvailable ? "webgpu" : "wasm");
  const reason = webgpu!.reason;
  assertEquals(notes, reason === undefined ? [] : [`webgpu: ${reason}`]);
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
    'Cannot open engine "cuda" as it must be auto, webgpu or wasm',
  );
});

/** A real GPU, as `probeWebgpu()` describes it. */
const GPU = { name: "webgpu", isAvailable: true, limits: {} } as const;

Deno.test("choose() takes a real GPU where there is one", async () => {
  const open = (name: string) => Promise.resolve(name);
  assertEquals(
    await choose("auto", open, () => Promise.resolve(GPU)),
    { opened: "webgpu", notes: [] },
  );
});

Deno.test("choose() takes wasm and says why when the GPU does not pass", async () => {
  const open = (name: string) =>
    name === "wasm" ? Promise.resolve(name) : Promise.reject(
      new BackendUnavailableError("webgpu", "its self-test failed"),
    );
  assertEquals(
    await choose("auto", open, () => Promise.resolve(GPU)),
    { opened: "wasm", notes: ["webgpu: its self-test failed"] },
  );
  await assertRejects(() => choose("webgpu", open), BackendUnavailableError);
});

Deno.test("choose() throws what says nothing about the GPU", async () => {
  const open = () => Promise.reject(new RangeError("batchSize"));
  await assertRejects(
    () => choose("auto", open, () => Promise.resolve(GPU)),
    RangeError,
    "batchSize",
  );
});

Deno.test.each(["wasm", "auto"] as const)(
  "openBackend() starts a backend that passes the self-test for %s",
  async (choice) => {
    const [webgpu] = await probeEngines();
    const { opened } = await openBackend(choice);
    await opened.stop();
    const isGpu = choice === "auto" && webgpu!.isAvailable;
    assertEquals(opened.name, isGpu ? "webgpu" : "wasm");
  },
);
