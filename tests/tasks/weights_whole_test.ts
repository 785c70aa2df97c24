import { assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { encodeSafetensors } from "../../pipeline/artifact/safetensors.ts";
import { toTensor } from "../../pipeline/artifact/tensor.ts";
import { openWorkspace, prepare } from "../../mod.ts";
import { runTask } from "../e2e/support.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { tempDir } from "../support/temp_dir.ts";

const TINY = fromFileUrl(
  new URL("backbone/resnet101-tiny.safetensors", FIXTURES),
);

Deno.test("weights lists the presets, and says where they are kept", async () => {
  await using cache = await tempDir();
  const { code, json, stderr } = await runTask("weights", [
    "--cache",
    cache.path,
    "--json",
  ]);
  assertEquals(code, 0, stderr);
  const presets = json!.presets as { name: string; state: string }[];
  assertEquals(presets.map(({ name, state }) => `${name} ${state}`), [
    "tiny embedded",
    "torchvision-v1 to fetch",
    "torchvision-v2 to fetch",
    "timm-a1h to fetch",
    "timm-tv to fetch",
    "microsoft to fetch",
    "keras to fetch",
    "tf-slim to fetch",
    "seed unpublished",
  ]);
  assertStringIncludes(stderr, `downloaded weights are in ${cache.path}`);
});

Deno.test("weights inspect says what a file is", async () => {
  const { code, stderr } = await runTask("weights", ["inspect", TINY]);
  assertEquals(code, 0, stderr);
  assertEquals(
    stderr,
    `  format         safetensors
  tensors        520, F32
  SHA-256        718d1e2a3b283bcb5816c0cf26a5a2eaf973f5dda66a57bf414faf08c76acd1b
  network        ResNet-101, width 8
  naming         torchvision, timm
  graph          torchvision
  preprocessing  torch
  classifier     none
  unused         none
`,
  );
});

Deno.test("weights verify finds a preset that is not the one that was published", async () => {
  await using cache = await tempDir();
  const folder = cache.join("weights", "torchvision-v2");
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/resnet101-cd907fc2.pth`, "other bytes");
  const flags = ["--cache", cache.path];
  const listed = await runTask("weights", [...flags, "--json"]);
  const presets = listed.json!.presets as { name: string; state: string }[];
  const found = presets.find(({ name }) => name === "torchvision-v2");
  assertEquals(found!.state, "cached");
  const { code, stderr } = await runTask("weights", ["verify", ...flags]);
  assertEquals(code, 1);
  assertStringIncludes(stderr, "as it is not the published file: SHA-256 is ");
  assertStringIncludes(
    stderr,
    "error: Cannot use torchvision-v2: remove the file and fetch it again",
  );
});

Deno.test.each<[string[], number, string]>([
  [["list", "--work", "x"], 2, 'Cannot use flag "--work"'],
  [["show"], 2, 'Cannot use "show" as it must be one of list, fetch,'],
  [["inspect"], 2, 'Cannot use "inspect" without one file'],
  [["fetch", "a", "b"], 2, 'Cannot use "fetch" without one preset'],
  [["fetch", "seed"], 2, 'Cannot fetch "seed" as it must be one of torchvis'],
  [["inspect", "none"], 2, "there is no such file"],
])("weights with %j exits with %s", async (args, expected, message) => {
  const { code, stderr } = await runTask("weights", args);
  assertStringIncludes(stderr, message);
  assertEquals(code, expected);
});

Deno.test("a preset that was never published wants a path", async () => {
  await using directory = await tempDir();
  const args = ["--work", directory.path, "--backbone", "seed"];
  const { code, stderr } = await runTask("prepare", args);
  assertEquals(code, 2);
  assertStringIncludes(
    stderr,
    'Cannot use backbone "seed" by name as its weights were never published: give the path of the file',
  );
});

Deno.test("prepare fails at once when weights can neither be found nor fetched", async () => {
  await using directory = await tempDir();
  const cache = directory.join("cache");
  const flags = ["--work", directory.join("work"), "--cache", cache];
  const args = ["--backbone", "torchvision-v2", ...flags];
  // Nobody listens there.
  const env = { HTTPS_PROXY: "http://127.0.0.1:9" };
  const { code, stderr } = await runTask("prepare", args, env);
  assertEquals(code, 1, stderr);
  assertStringIncludes(stderr, '"download.pytorch.org" cannot be reached');
  assertStringIncludes(
    stderr,
    `place the file by hand at "${cache}/weights/torchvision-v2/resnet101-cd907fc2.pth"`,
  );
  assertEquals(await Array.fromAsync(Deno.readDir(directory.path)), []);
});

Deno.test("a run needs no weights of a preset to be prepared, and has its preprocessing", async () => {
  await using directory = await tempDir();
  const flags = ["--work", directory.path, "--cache", directory.join("cache")];
  const settings = { backbone: "torchvision-v2", imageSize: 56 };
  const { path } = directory;
  let stage: string;
  {
    using workspace = await openWorkspace(path);
    stage = (await prepare(workspace, { settings })).directory;
  }
  const manifest = JSON.parse(
    await Deno.readTextFile(directory.join(stage, "manifest.json")),
  );
  assertEquals(manifest.work.config.shortSide, 58);
  const summary = await runTask("summary", [...flags]);
  assertStringIncludes(summary.stderr, "42,605,504 parameters, frozen");
  const status = await runTask("status", [...flags]);
  assertEquals(status.code, 0, status.stderr);
});

Deno.test("a preset that was placed in the cache by hand is used offline", async () => {
  await using directory = await tempDir();
  const cache = directory.join("cache");
  const folder = `${cache}/weights/timm-tv`;
  await Deno.mkdir(folder, { recursive: true });
  // Any ResNet will do: no digest of this preset is published.
  await Deno.copyFile(TINY, `${folder}/model.safetensors`);
  const flags = ["--work", directory.path, "--cache", cache, "--json"];
  const args = ["--backbone", "timm-tv", "--image-size", "32"];
  const prepared = await runTask("prepare", [...args, ...flags]);
  assertEquals(prepared.code, 0, prepared.stderr);
  const quick = ["--engine", "cpu", "--epochs", "1"];
  const trained = await runTask("train", [...quick, ...flags]);
  assertEquals(trained.code, 0, trained.stderr);
  assertEquals(trained.json!.embedded, 150);
  const run = JSON.parse(
    await Deno.readTextFile(directory.join("runs/default/run.json")),
  );
  assertEquals(run.backbone, {
    name: "timm-tv",
    digest: "718d1e2a3b283bcb5816c0cf26a5a2eaf973f5dda66a57bf414faf08c76acd1b",
    variant: "torchvision",
    profile: "torch",
  });
});

Deno.test("weights inspect describes a file that is no ResNet as far as it can", async () => {
  await using directory = await tempDir();
  const path = directory.join("vgg.safetensors");
  const tensor = toTensor(new Float32Array(1), [1]);
  const tensors = { "features.0.weight": tensor, "features.28.weight": tensor };
  await Deno.writeFile(path, encodeSafetensors(tensors));
  const args = ["inspect", path, "--json"];
  const { code, stderr, json } = await runTask("weights", args);
  assertEquals(code, 1);
  assertEquals([json!.format, json!.tensors, json!.network], [
    "safetensors",
    2,
    null,
  ]);
  assertStringIncludes(json!.problem as string, ": it is a VGG-16");
  assertStringIncludes(stderr, "  tensors        2, F32\n");
  assertStringIncludes(stderr, ": it is a VGG-16\n");
});
