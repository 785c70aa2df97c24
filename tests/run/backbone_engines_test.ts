import {
  assert,
  assertEquals,
  assertFalse,
  assertNotStrictEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import { openRun } from "../../mod.ts";
import type { Embedder } from "../../pipeline/backends/backend.ts";
import { BackboneEngines } from "../../pipeline/run/backbone_engines.ts";
import { HAS_NATIVE_CODE } from "../backends/support.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { type TestWorkspace, testWorkspace } from "./support.ts";

const ignore = !HAS_NATIVE_CODE;

/** Side of the images, in pixels. */
const IMAGE_SIZE = 32;

/** Embeds a grey image. */
function embedOne(engine: Embedder): Promise<Float32Array> {
  const image = new Uint8Array(IMAGE_SIZE ** 2 * 3).fill(128);
  return engine.embed(image, { count: 1, views: ["plain"] });
}

/** Returns whether an engine was closed: one that is asked all the same is opened anew, and says so. */
async function wasClosed(
  engine: Embedder,
  { events }: TestWorkspace,
): Promise<boolean> {
  const before = events.length;
  await embedOne(engine);
  await engine.close();
  return events.slice(before).some((event) =>
    event.type === "warning" && event.message.includes("the worker is closed")
  );
}

/** Opens a run on a copy of the embedded backbone; nothing is prepared. */
async function openCopied() {
  const workspace = await testWorkspace();
  const backbone = `${workspace.root}/weights.safetensors`;
  const tiny = new URL("backbone/resnet101-tiny.safetensors", FIXTURES);
  await Deno.copyFile(tiny, backbone);
  const settings = { backbone, imageSize: IMAGE_SIZE, engine: "cpu" } as const;
  const { onEvent } = workspace;
  const { parts } = await openRun(workspace, { settings, onEvent });
  return { workspace, backbone, engines: new BackboneEngines(parts) };
}

/** Opens a run whose first stage has handed its engine on. */
async function openHandedOn() {
  const copied = await openCopied();
  const first = await copied.engines.open("first");
  copied.engines.handOn(first);
  return { ...copied, first };
}

Deno.test({
  name: "an engine is handed on to the stage that opens the same",
  ignore,
  async fn() {
    const { workspace, engines, first } = await openHandedOn();
    await using _workspace = workspace;
    const second = await engines.open("second");
    assertStrictEquals(second, first);
    const stages = workspace.events.flatMap((event) =>
      event.type === "engine" ? [event.stage] : []
    );
    assertEquals(stages, ["first", "second"]);
    // It is no longer the engines' own.
    await engines[Symbol.asyncDispose]();
    assertFalse(await wasClosed(second, workspace));
  },
});

Deno.test({
  name:
    "an engine is handed on with the rows it need not compute, more than once",
  ignore,
  async fn() {
    const { workspace, engines } = await openCopied();
    await using _workspace = workspace;
    const first = await engines.open("first");
    const images = new Uint8Array(IMAGE_SIZE ** 2 * 3);
    const values = new Float32Array(first.embeddingSize).fill(7);
    engines.handOn(first, { count: 1, images, values });
    const second = await engines.open("second");
    const request = { count: 1, views: ["plain"] } as const;
    assertEquals(await second.embed(images, request), values);
    engines.handOn(second);
    const third = await engines.open("third");
    assertEquals(await third.embed(images, request), values);
    engines.handOn(third);
    await engines[Symbol.asyncDispose]();
    assert(await wasClosed(third, workspace));
  },
});

Deno.test({
  name: "an engine that is handed on is closed when another is opened",
  ignore,
  async fn() {
    const { workspace, engines, first } = await openHandedOn();
    await using _workspace = workspace;
    const other = await engines.open("second", { change: (graph) => graph });
    assertNotStrictEquals(other, first);
    assert(await wasClosed(first, workspace));
    await other.close();
  },
});

Deno.test({
  name: "an engine that nobody takes is closed",
  ignore,
  async fn() {
    const { workspace, engines, first } = await openHandedOn();
    await using _workspace = workspace;
    await engines[Symbol.asyncDispose]();
    assert(await wasClosed(first, workspace));
  },
});

Deno.test({
  name: "weights that are kept are not read again, once",
  ignore,
  async fn() {
    const { workspace, backbone, engines } = await openCopied();
    await using _workspace = workspace;
    const first = await engines.open("first", { keepsWeights: true });
    const expected = await embedOne(first);
    await first.close();
    await Deno.writeTextFile(backbone, "damaged");
    const second = await engines.open("second");
    assertEquals(await embedOne(second), expected);
    await second.close();
    await assertRejects(() => engines.open("third"), Error, backbone);
  },
});
