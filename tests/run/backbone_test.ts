import { assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import {
  ConfigError,
  DigestMismatchError,
  DownloadError,
  EMBEDDINGS,
  openRun,
  prepare,
  TENSORS,
} from "../../mod.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { tempDir } from "../support/temp_dir.ts";
import { QUICK, testWorkspace } from "./support.ts";

const TINY = fromFileUrl(
  new URL("backbone/resnet101-tiny.safetensors", FIXTURES),
);

/** Puts the tiny backbone where a preset is kept. */
async function placePreset(cache: string, name: string): Promise<string> {
  const folder = `${cache}/weights/${name}`;
  await Deno.mkdir(folder, { recursive: true });
  const path = `${folder}/model.safetensors`;
  await Deno.copyFile(TINY, path);
  return path;
}

Deno.test({
  name: "a backbone that is a pipe is refused, and never read",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using workspace = await testWorkspace();
    await using directory = await tempDir();
    const path = directory.join("weights.safetensors");
    await new Deno.Command("mkfifo", { args: [path] }).output();
    await assertRejects(
      () => openRun(workspace, { settings: { backbone: path } }),
      ConfigError,
      "or a weight file: it is a pipe, a socket or a device",
    );
  },
});

Deno.test("a run tells what a weight file is", async () => {
  await using workspace = await testWorkspace();
  const { onEvent, events } = workspace;
  const settings = { ...QUICK, backbone: TINY };
  await openRun(workspace, { settings, onEvent });
  assertEquals(events, [{
    type: "backbone",
    name: TINY,
    network: "ResNet-101",
    width: 8,
    naming: "torchvision, timm",
    unused: 0,
    variant: "torchvision",
    profile: "torch",
  }]);
});

Deno.test.each<[string, string | null, number, string]>([
  ["timm-a1h", null, 235, "bicubic"],
  ["timm-a1h", "torch", 256, "bilinear"],
  ["timm-a1h", "seed", 224, "nearest"],
  ["torchvision-v2", "torch", 232, "bilinear"],
  ["torchvision-v2", "tf-slim", 256, "bilinear-tf1"],
])(
  "the crop of preset %s goes with its own profile: %s",
  async (backbone, preprocessing, shortSide, interpolation) => {
    await using workspace = await testWorkspace();
    const settings = { backbone, preprocessing: preprocessing as "seed" };
    const run = await openRun(workspace, { settings });
    const { geometry } = run.parts.preprocessing;
    assertEquals(
      [geometry.shortSide, geometry.interpolation],
      [shortSide, interpolation],
    );
  },
);

Deno.test("a weight file that is replaced while a run goes on is refused", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  const backbone = folder.join("a.safetensors");
  await Deno.copyFile(TINY, backbone);
  const run = await openRun(workspace, {
    settings: { ...QUICK, backbone },
  });
  await run.complete(TENSORS);
  const bytes = await Deno.readFile(TINY);
  bytes[bytes.length - 1]! ^= 1;
  await Deno.writeFile(backbone, bytes);
  await assertRejects(
    () => run.complete(EMBEDDINGS),
    DigestMismatchError,
    backbone,
  );
});

Deno.test("a preset is recorded at its first use, and held to that", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  const path = await placePreset(folder.path, "timm-tv");
  const options = {
    settings: { ...QUICK, backbone: "timm-tv" },
    cache: folder.path,
  };
  const run = await openRun(workspace, options);
  await run.complete(EMBEDDINGS);
  const record = await Deno.readTextFile(`${path}.sha256`);
  assertEquals(record.slice(0, 64), run.parts.backbone.digest);
  const bytes = await Deno.readFile(TINY);
  bytes[bytes.length - 1]! ^= 1;
  await Deno.writeFile(path, bytes);
  await assertRejects(
    () => openRun(workspace, options),
    DigestMismatchError,
    path,
  );
});

Deno.test("a preset whose file was removed is fetched again", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  await placePreset(folder.path, "timm-tv");
  const settings = { ...QUICK, backbone: "timm-tv" };
  const options = { settings, cache: folder.path };
  await prepare(workspace, options);
  await Deno.remove(`${folder.path}/weights`, { recursive: true });
  const controller = new AbortController();
  const { signal } = controller;
  const run = await openRun(workspace, {
    cache: folder.path,
    signal,
    // Stops at the first pause: there is no network in the tests.
    onEvent: ({ type }) =>
      type === "fetch-note" && controller.abort(new Error("it tried")),
  });
  await run.complete(TENSORS);
  const error = await assertRejects(() => run.complete(EMBEDDINGS));
  const isTried = error instanceof DownloadError ||
    (error as Error).message === "it tried";
  assertEquals(isTried, true, `${error}`);
});

Deno.test("a folder is no backbone", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  await assertRejects(
    () => openRun(workspace, { settings: { backbone: folder.path } }),
    ConfigError,
    "or a weight file: it is a folder",
  );
});

Deno.test("a crop that is asked for goes before the preset's own", async () => {
  await using workspace = await testWorkspace();
  const settings = { backbone: "timm-a1h", cropFraction: 0.5 };
  const run = await openRun(workspace, { settings });
  assertEquals(run.parts.preprocessing.geometry.shortSide, 448);
});

Deno.test("a misspelled preset is told the nearest", async () => {
  await using workspace = await testWorkspace();
  const open = (backbone: string) =>
    openRun(workspace, { settings: { backbone } });
  const nearest = '; the nearest preset is "torchvision-v2"';
  const error = await assertRejects(() => open("/a/torchvison-v2"));
  assertEquals((error as Error).message.endsWith(nearest), true);
  const other = await assertRejects(() => open("/a/flowers.safetensors"));
  assertEquals(
    (other as Error).message.endsWith("there is no such file"),
    true,
  );
});
