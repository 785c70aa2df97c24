import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import {
  ConfigError,
  DatasetError,
  evaluate,
  prepare,
  train,
} from "../../mod.ts";
import { copyFolder, digestTree } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import { QUICK, testWorkspace } from "./support.ts";

const FIXTURES = fromFileUrl(new URL("../../fixtures/", import.meta.url));

/** Paths of the embedded photos of two classes, relative to the fixtures. */
async function photos(count: number): Promise<[path: string, label: string][]> {
  const rows: [string, string][] = [];
  for (const label of ["coin", "leaf"]) {
    const folder = `images/train/${label}`;
    const names = (await Array.fromAsync(Deno.readDir(join(FIXTURES, folder))))
      .map(({ name }) => name).sort().slice(0, count);
    for (const name of names) rows.push([`${folder}/${name}`, label]);
  }
  return rows;
}

/** Writes a list beside a copy of the photos and returns its path. */
async function writeList(folder: string, name: string, text: string) {
  await copyFolder(join(FIXTURES, "images"), join(folder, "images"));
  const path = join(folder, name);
  await Deno.writeTextFile(path, text);
  return path;
}

Deno.test("a run on a CSV list with splits goes from photos to metrics", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  const rows = (await photos(10)).map(([path, label], i) =>
    `${path},${label},${i % 5 === 0 ? "val" : "train"}`
  );
  const text = `path,label,split\n${rows.join("\n")}\n`;
  const data = await writeList(folder.path, "list.csv", text);
  const prepared = await prepare(workspace, { settings: { ...QUICK, data } });
  assertEquals(prepared.splits, { train: 16, validation: 4, test: 0 });
  await train(workspace);
  const { metrics, split } = await evaluate(workspace, { report: false });
  assertEquals([split, metrics.samples], ["validation", 4]);
  assertEquals(metrics.perClass.map(({ name }) => name), ["coin", "leaf"]);
});

Deno.test("a run on a JSONL list lists the photos that cannot be used", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  const rows = [...await photos(10), ["images/broken.jpg", "leaf"]]
    .map(([path, label]) => JSON.stringify({ path, label }));
  const data = await writeList(folder.path, "list.jsonl", rows.join("\n"));
  await Deno.writeTextFile(join(folder.path, "images/broken.jpg"), "no photo");
  const settings = { ...QUICK, data, validation: 0.3, test: 0.2 };
  const { images, rejected, directory, splits } = await prepare(workspace, {
    settings,
  });
  assertEquals([images, rejected], [20, 1]);
  // Of each class of ten, three and two.
  assertEquals(splits, { train: 10, validation: 6, test: 4 });
  const bytes = await workspace.store.read(`${directory}/rejected.jsonl`);
  const lines = new TextDecoder().decode(bytes).trim().split("\n");
  assertEquals(lines.map((line) => JSON.parse(line).path), [
    "images/broken.jpg",
  ]);
  await assertRejects(
    () => prepare(workspace, { settings: { strict: true } }),
    DatasetError,
    "images/broken.jpg",
  );
});

Deno.test("prepare() draws the split by its seed, which training does not change", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  await copyFolder(join(FIXTURES, "images/train"), folder.path);
  const { onEvent, events } = workspace;
  const settings = { ...QUICK, data: folder.path };
  const first = await prepare(workspace, { settings });
  assertEquals(first.splits, { train: 80, validation: 20, test: 0 });
  const other = await prepare(workspace, { settings: { seed: 1 }, onEvent });
  assertEquals(other.splits, first.splits);
  const changes = events.filter((event) => event.type === "stale")
    .map(({ stage, changes }) => [stage, changes]);
  assertEquals(changes, [
    ["dataset-index", ["seed was 0, is 1"]],
    ["tensors", ["records changed"]],
  ]);
  await train(workspace, { settings: { seed: 2 } });
  assertEquals(await prepare(workspace), { ...other, reused: 100 });
});

Deno.test("prepare() refuses the folder of a class without a photo if strict", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  await copyFolder(join(FIXTURES, "images"), folder.path);
  await Deno.mkdir(folder.join("train/empty"));
  const settings = { ...QUICK, data: folder.path };
  assertEquals((await prepare(workspace, { settings })).classes, 5);
  await assertRejects(
    () => prepare(workspace, { settings: { strict: true } }),
    DatasetError,
    'Cannot use "empty" as there is no photo in the folder of this class; with --no-strict it is listed and left out',
  );
});

Deno.test("a photo that is added is all that is prepared and embedded again", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  await copyFolder(join(FIXTURES, "images"), folder.path);
  const settings = { ...QUICK, data: folder.path };
  await prepare(workspace, { settings });
  await train(workspace);
  // What follows the end of a JPEG is passed over: the same pixels, another photo.
  const photo = await Deno.readFile(folder.join("val/leaf/leaf_20.jpg"));
  await Deno.writeFile(
    folder.join("train/leaf/added.jpg"),
    Uint8Array.of(...photo, 0),
  );
  const prepared = await prepare(workspace);
  const trained = await train(workspace);
  assertEquals([prepared.images, prepared.reused], [151, 150]);
  assertEquals([trained.embedded, trained.reused], [1, 150]);
  await using fresh = await testWorkspace();
  await prepare(fresh, { settings });
  await train(fresh);
  const [grown, whole] = [workspace, fresh].map(({ root }) =>
    digestTree(root, { times: false })
  );
  const digests = await grown!;
  for (const [path, digest] of Object.entries(await whole!)) {
    assertEquals(digests[path], digest, path);
  }
});

Deno.test("a run can weigh classes, smooth labels and stop early", async () => {
  await using workspace = await testWorkspace("prepared");
  const settings = {
    epochs: 40,
    learningRate: 0.05,
    classWeights: "balanced",
    labelSmoothing: 0.1,
    weightDecay: 0.01,
    schedule: "cosine",
    warmupSteps: 4,
    patience: 2,
    activation: "relu",
  } as const;
  const { epochs, keptEpoch, engine } = await train(workspace, { settings });
  assertEquals([epochs - keptEpoch, engine], [2, "cpu"]);
  const { metrics } = await evaluate(workspace, { report: false });
  assertEquals(metrics.samples, 50);
  const { works } = JSON.parse(
    new TextDecoder().decode(
      await workspace.store.read("runs/default/run.json"),
    ),
  );
  assertEquals({ ...works.head.config, ...settings }, works.head.config);
});

Deno.test("a run without a validation split cannot stop early", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  await copyFolder(join(FIXTURES, "images/train"), folder.path);
  const data = folder.path;
  await prepare(workspace, { settings: { ...QUICK, data, validation: 0 } });
  await assertRejects(
    () => train(workspace, { settings: { patience: 2 } }),
    ConfigError,
    'Cannot use setting "patience" as it needs a validation split: the run has none',
  );
  // What is refused does not stay.
  assertEquals((await train(workspace)).epochs, 2);
});

Deno.test("a run without a validation split calls the test split by its name", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  const { events, onEvent, store } = workspace;
  const rows = (await photos(10)).map(([path, label], i) =>
    `${path},${label},${i % 5 === 0 ? "test" : "train"}`
  );
  const text = `path,label,split\n${
    rows.join("\n")
  }\nimages/broken.jpg,leaf,train\n`;
  const data = await writeList(folder.path, "list.csv", text);
  await Deno.writeTextFile(join(folder.path, "images/broken.jpg"), "no photo");
  await prepare(workspace, { settings: { ...QUICK, data } });
  await train(workspace, { onEvent, tensorboard: true });
  const heldOut = events.flatMap((event) =>
    event.type === "epoch" ? [event.heldOut] : []
  );
  assertEquals(heldOut, ["test", "test"]);
  const { page, directory, betterBackbone, metrics } = await evaluate(
    workspace,
  );
  const read = async (path: string) =>
    new TextDecoder().decode(await store.read(path));
  const [head] = (await store.folders("artifacts"))
    .filter((name) => name.startsWith("head-"));
  const csv = await read(`artifacts/${head}/history.csv`);
  assertEquals(csv.split("\r\n")[0]!.split(",").slice(-2), [
    "testLoss",
    "testAccuracy",
  ]);
  const lines = await read(`artifacts/${head}/history.jsonl`);
  assertEquals("testLoss" in JSON.parse(lines.split("\n")[0]!), true);
  const curves = await read(`${directory}/curves.svg`);
  assertEquals(/validation/.test(curves), false);
  const files = await store.list("runs/default/tensorboard");
  assertEquals(files.map(({ path }) => path.split("/").at(-2)).sort(), [
    "test",
    "train",
  ]);
  const shown = (await read(page!)).replace(/<(style|script)>[^]*?<\/\1>/g, "");
  const curvesShown = shown.slice(
    shown.indexOf('id="curves"'),
    shown.indexOf('id="confusion"'),
  );
  assertEquals(/loss, validation|>validation</.test(curvesShown), false);
  assertStringIncludes(curvesShown, 'class="key validation">test</span>');
  assertStringIncludes(shown, "<summary>1 photo left out</summary>");
  assertEquals(betterBackbone, metrics.top1 < 0.95 ? "torchvision-v2" : null);
});
