import { assert, assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import {
  ConfigError,
  DATASET_INDEX,
  DatasetError,
  evaluate,
  MissingArtifactError,
  openRun,
  openWorkspace,
  type PipelineEvent,
  prepare,
  status,
  train,
} from "../../mod.ts";
import { copyFolder, digestTree } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import { QUICK, type TestWorkspace, testWorkspace } from "./support.ts";

const PHOTOS = fromFileUrl(new URL("../../fixtures/images/", import.meta.url));
const TINY = fromFileUrl(
  new URL(
    "../../fixtures/backbone/resnet101-tiny.safetensors",
    import.meta.url,
  ),
);

/** Reads `run.json`. */
async function readRunFile(workspace: TestWorkspace) {
  const bytes = await workspace.store.read("runs/default/run.json");
  return JSON.parse(new TextDecoder().decode(bytes));
}

/** Paths of artifacts that were told to be damaged. */
function damagedPaths(events: readonly PipelineEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "damaged" ? [event.path] : []
  );
}

Deno.test("a setting that cannot be used is refused and does not stay", async () => {
  await using workspace = await testWorkspace("prepared");
  const before = await readRunFile(workspace);
  await assertRejects(
    () => train(workspace, { settings: { epochs: 0 } }),
    ConfigError,
    'Cannot use setting "epochs" of settings as',
  );
  await assertRejects(
    () => prepare(workspace, { settings: { data: "/no/such/folder" } }),
    DatasetError,
    'Cannot use "/no/such/folder" as photos',
  );
  assertEquals(await readRunFile(workspace), before);
  await train(workspace);
});

Deno.test("photos and backbone may be gone when their stages are complete", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  await copyFolder(PHOTOS, folder.join("photos"));
  await Deno.copyFile(TINY, folder.join("a.safetensors"));
  const settings = {
    ...QUICK,
    data: folder.join("photos"),
    backbone: folder.join("a.safetensors"),
  };
  await prepare(workspace, { settings });
  await Deno.remove(folder.join("photos"), { recursive: true });
  await train(workspace);
  await Deno.remove(folder.join("a.safetensors"));
  await train(workspace, { settings: { epochs: 3 } });
  assertEquals((await evaluate(workspace)).metrics.samples, 50);
  const stages = await status(workspace);
  assertEquals(
    stages.map(({ state }) => state),
    // Evidence, the last but one, takes the backbone.
    [...Array(6).fill("stale"), "absent", "stale"],
  );
  await assertRejects(
    () => train(workspace, { settings: { backbone: "/no/b.safetensors" } }),
    ConfigError,
    'Cannot use backbone "/no/b.safetensors" as it must be a preset (tiny, torchvision-v1, ',
  );
});

Deno.test("strict refuses what an earlier run left out, and can be taken back", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  await copyFolder(PHOTOS, folder.path);
  // A whole header and half the data: only decoding finds it.
  const photo = await Deno.readFile(join(PHOTOS, "train/leaf/leaf_01.jpg"));
  const half = photo.subarray(0, photo.length / 2);
  await Deno.writeFile(folder.join("train/leaf/half.jpg"), half);
  const settings = { ...QUICK, data: folder.path };
  assertEquals((await prepare(workspace, { settings })).rejected, 1);
  await assertRejects(
    () => prepare(workspace, { settings: { strict: true } }),
    DatasetError,
    "train/leaf/half.jpg",
  );
  const lenient = { settings: { strict: false } };
  assertEquals((await prepare(workspace, lenient)).rejected, 1);
});

Deno.test("evaluate() trains nothing: it refuses a head that is stale", async () => {
  await using workspace = await testWorkspace("evaluated");
  await prepare(workspace, { settings: { imageSize: 48 } });
  await assertRejects(
    () => evaluate(workspace),
    MissingArtifactError,
    'Cannot evaluate run "default" as its stage embeddings is stale, imageSize was 32, is 48; shortSide was 32, is 48; tensors changed: run the task train first',
  );
  await train(workspace);
  const [, , , , evaluation] = await status(workspace);
  assertEquals(
    [evaluation!.state, ...evaluation!.reasons],
    ["stale", "embeddings changed", "head changed"],
  );
});

Deno.test("a dataset index that was damaged is made again if the photos are the same", async () => {
  await using workspace = await testWorkspace("prepared");
  const { onEvent, events } = workspace;
  const before = await digestTree(workspace.root);
  const path = Object.keys(before).find((p) => p.endsWith("records.jsonl"))!;
  await workspace.damage(path);
  await train(workspace, { onEvent });
  assertEquals(damagedPaths(events), [path]);
  assertEquals((await digestTree(workspace.root))[path], before[path]);
});

Deno.test("verify finds what nobody would read, and makes only that again", async () => {
  await using workspace = await testWorkspace("evaluated");
  const { onEvent, events } = workspace;
  const before = await digestTree(workspace.root);
  const find = (pattern: RegExp) =>
    Object.keys(before).find((path) => pattern.test(path))!;
  const damaged = [
    find(/\/tensors-.*train-00001/),
    find(/\/embeddings-.*train-00001/),
    find(/\/head-.*checkpoint/),
    find(/\/evaluation-.*metrics/),
  ];
  for (const path of damaged) await workspace.damage(path);
  await evaluate(workspace, { onEvent, verify: true });
  assertEquals(damagedPaths(events), damaged);
  const after = await digestTree(workspace.root);
  assertEquals(after, before);
  const stages = await status(workspace, { verify: true });
  assert(stages.every(({ state }) => state === "complete"));
});

Deno.test("two trainings of one run at a time give what one gives", async () => {
  await using workspace = await testWorkspace();
  await prepare(workspace, { settings: { ...QUICK, epochs: 6 } });
  const heard: PipelineEvent[] = [];
  const onEvent = (event: PipelineEvent) => void heard.push(event);
  const [one, other] = await Promise.all([
    train(workspace, { onEvent }),
    train(workspace, { onEvent }),
  ]);
  assertEquals(one.trainAccuracy, other.trainAccuracy);
  assertEquals([one.embedded + other.embedded], [150]);
  assertEquals(heard.filter(({ type }) => type === "epoch").length, 6);
  const waits = heard.flatMap((event) =>
    event.type === "warning" ? [event.message.split('"')[0]] : []
  );
  assert(waits.includes("another task is making "));
  const stages = await status(workspace, { verify: true });
  assertEquals(stages[3]!.state, "complete");
});

Deno.test("a task keeps the settings that another one wrote meanwhile", async () => {
  await using workspace = await testWorkspace();
  const first = await openRun(workspace, { settings: QUICK });
  await first.complete(DATASET_INDEX);
  const second = await openRun(workspace, { settings: { epochs: 7 } });
  await second.complete(DATASET_INDEX);
  await (await openRun(workspace)).complete(DATASET_INDEX);
  await first.complete(DATASET_INDEX);
  const { config } = await readRunFile(workspace);
  assertEquals([config.epochs, config.imageSize], [2, 32]);
});

Deno.test("openWorkspace() creates no directory when it is not to", async () => {
  await using folder = await tempDir();
  await assertRejects(
    () => openWorkspace(folder.join("typo"), { create: false }),
    MissingArtifactError,
    `Cannot use work directory "${folder.join("typo")}" as there is none`,
  );
  assertEquals(await Array.fromAsync(Deno.readDir(folder.path)), []);
});
