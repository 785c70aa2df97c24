import { assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import {
  decodeManifest,
  describeFile,
  encodeManifest,
} from "../../pipeline/artifact/manifest.ts";
import {
  compare,
  evaluate,
  EVALUATION,
  openRun,
  prepare,
  status,
  train,
} from "../../mod.ts";
import { shareInterval } from "../../pipeline/metrics/binomial.ts";
import { walkFiles } from "../support/walk_files.ts";
import { type TestWorkspace, testWorkspace } from "./support.ts";

/** Photos, and the work directory that version 0.1.0 made of them. */
const EARLIER = fromFileUrl(
  new URL("../../fixtures/work_0_1/", import.meta.url),
);

/** When the photos were changed last; a checkout does not keep it. */
const CHANGED = new Date("2026-01-01T00:00:00Z");

/** Copies a folder into a work directory, with times that never differ. */
async function copyFolder(from: string, to: string): Promise<void> {
  for await (const path of walkFiles(join(EARLIER, from))) {
    const target = join(to, path);
    await Deno.mkdir(join(target, ".."), { recursive: true });
    await Deno.copyFile(join(EARLIER, from, path), target);
    await Deno.utime(target, CHANGED, CHANGED);
  }
}

/** Puts photos and run into a work directory; the run finds its photos there. */
async function copyRun({ root }: TestWorkspace): Promise<void> {
  await copyFolder("photos", join(root, "photos"));
  await copyFolder("runs", join(root, "runs"));
  const path = join(root, "runs", "default", "run.json");
  const run = JSON.parse(await Deno.readTextFile(path));
  run.config.data = join(root, "photos");
  await Deno.writeTextFile(path, JSON.stringify(run));
}

/** The line of a seal, which manifests have since. */
const SEAL = /\n {2}"seal": "[0-9a-f]{64}",/;

/** Stages of another version now, or with such an input. */
const RENEWED = /^(evaluation|findings|evidence)-[0-9a-f]+/;

/** Files of those stages that have changed, or name the work of their stage. */
const CHANGED_FILES = /(manifest|metrics)\.json|findings\.jsonl|\.safetensors$/;

/** Artifacts by path, as text; without the page, which names folders and times, and the seals of manifests. */
async function readArtifacts(root: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for await (const path of walkFiles(join(root, "artifacts"))) {
    if (path.startsWith("report-")) continue;
    if (RENEWED.test(path) && CHANGED_FILES.test(path)) continue;
    const bytes = await Deno.readFile(join(root, "artifacts", path));
    const text = path.endsWith("manifest.json")
      ? new TextDecoder().decode(bytes).replace(SEAL, "")
      : bytes.toHex();
    files.set(path.replace(RENEWED, "$1"), text);
  }
  return files;
}

Deno.test("status() finds the photos, embeddings and head of version 0.1.0 complete", async () => {
  await using workspace = await testWorkspace();
  await copyRun(workspace);
  await copyFolder("artifacts", join(workspace.root, "artifacts"));
  const stages = await status(workspace, { verify: true });
  assertEquals(
    stages.map(({ stage, state, reasons }) => [stage, state, reasons]),
    [
      ["dataset-index", "complete", []],
      ["tensors", "complete", []],
      ["embeddings", "complete", []],
      ["head", "complete", []],
      // Their intervals and lists are others since.
      ["evaluation", "stale", ["stage version was 4, is 5"]],
      ["findings", "stale", ["stage version was 2, is 4"]],
      ["evidence", "stale", ["evaluation is stale"]],
      ["report", "stale", ["evaluation is stale"]],
    ],
  );
});

Deno.test("an evaluation of version 0.1.0 is read with the intervals of today", async () => {
  await using workspace = await testWorkspace();
  await copyRun(workspace);
  await copyFolder("artifacts", join(workspace.root, "artifacts"));
  const run = await openRun(workspace);
  const { metrics } = (await run.find(EVALUATION))!;
  const { samples, top1, top5, intervals, perClass } = metrics;
  assertEquals([samples, top1, top5], [6, 1 / 6, null]);
  assertEquals(intervals, {
    level: 0.95,
    method: "clopper-pearson",
    top1: shareInterval(1, 6)!,
    top5: null,
  });
  const [{ recall, intervals: own }] = perClass as [typeof perClass[number]];
  assertEquals(own.recall, shareInterval(2 * recall, 2));
  const file = join(workspace.root, "runs", "default", "run.json");
  const other = { ...JSON.parse(await Deno.readTextFile(file)), name: "other" };
  await Deno.mkdir(join(workspace.root, "runs", "other"));
  await Deno.writeTextFile(
    join(workspace.root, "runs", "other", "run.json"),
    JSON.stringify(other),
  );
  const runs = ["default", "other"];
  const { comparison } = await compare(workspace, { runs });
  assertEquals(comparison.photos, 6);
});

Deno.test("the tasks make the bytes of version 0.1.0", async () => {
  await using workspace = await testWorkspace();
  await copyRun(workspace);
  await prepare(workspace);
  await train(workspace);
  await evaluate(workspace);
  assertEquals(
    await readArtifacts(workspace.root),
    await readArtifacts(EARLIER),
  );
});

Deno.test("a run of version 0.1.0 keeps its settings, and says what others change", async () => {
  await using workspace = await testWorkspace();
  const { events, onEvent } = workspace;
  await copyRun(workspace);
  await copyFolder("artifacts", join(workspace.root, "artifacts"));
  const told = () => events.splice(0).filter(({ type }) => type === "stale");
  const kept = await prepare(workspace, { onEvent });
  assertEquals([kept.orientation, kept.reused, told()], ["ignore", 30, []]);
  await prepare(workspace, { onEvent, settings: { orientation: "apply" } });
  assertEquals(told(), [{
    type: "stale",
    stage: "tensors",
    changes: ['orientation was "ignore", is "apply"'],
  }]);
  // Nothing was held out, so no seed decided.
  await prepare(workspace, { onEvent, settings: { seed: 1 } });
  assertEquals(told(), []);
  const settings = { preprocessing: "timm", imageSize: 64 } as const;
  await prepare(workspace, { onEvent, settings });
  assertEquals(told(), [{
    type: "stale",
    stage: "tensors",
    changes: [
      'crop was absent, is "timm"',
      "imageSize was 32, is 64",
      'interpolation was "nearest", is "bicubic"',
      'resize was "stretch", is "crop"',
      "shortSide was 32, is 73",
    ],
  }]);
});

Deno.test("photos that version 0.1.0 could not decode are indexed anew", async () => {
  await using workspace = await testWorkspace();
  const { events, onEvent, store } = workspace;
  await copyRun(workspace);
  await prepare(workspace);
  const run = JSON.parse(
    await Deno.readTextFile(join(workspace.root, "runs/default/run.json")),
  );
  const folder = (await store.folders("artifacts"))
    .find((name) => name.startsWith("dataset-index-"))!;
  assertEquals(run.works["dataset-index"].version, 1);
  const path = `artifacts/${folder}/rejected.jsonl`;
  const reason = "WebP cannot be decoded; convert it to JPEG or PNG";
  const line = `${JSON.stringify({ path: "train/leaf/a.jpg", reason })}\n`;
  const bytes = new TextEncoder().encode(line);
  await store.writeAtomic(path, bytes);
  const manifestPath = `artifacts/${folder}/manifest.json`;
  const manifest = await decodeManifest(
    (await store.read(manifestPath))!,
    manifestPath,
  );
  const files = await Promise.all(
    manifest.files.map((file) =>
      file.path === "rejected.jsonl" ? describeFile(file.path, bytes) : file
    ),
  );
  const edited = await encodeManifest({ ...manifest, files });
  await store.writeAtomic(manifestPath, edited);
  await prepare(workspace, { onEvent });
  const damaged = events.filter(({ type }) => type === "damaged");
  assertEquals(damaged, [{
    type: "damaged",
    stage: "dataset-index",
    path,
    reason:
      `Cannot keep "${path}" as "train/leaf/a.jpg" is in a format that can be decoded now`,
  }]);
  assertEquals((await store.read(path))!.length, 0);
});
