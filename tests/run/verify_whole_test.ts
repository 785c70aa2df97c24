import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import {
  evaluate,
  prepare,
  train,
  verify,
  type VerifyResult,
} from "../../mod.ts";
import { digestTree } from "../e2e/support.ts";
import { uniform } from "../support/random.ts";
import { copyRun, type TestWorkspace, testWorkspace } from "./support.ts";

/** Stages of a complete run. */
const STAGE_COUNT = 8;

/** Faults as `kind stage name`. */
function brief({ faults }: VerifyResult): string[] {
  return faults.map(({ kind, stage, path }) =>
    `${kind} ${stage} ${path.split("/").at(-1)}`
  );
}

/** Returns the path of the first file of a stage whose name starts with `name`. */
async function find(
  { store }: TestWorkspace,
  stage: string,
  name: string,
): Promise<string> {
  const files = await store.list("artifacts");
  const start = new RegExp(`^artifacts/${stage}-[0-9a-f]{16}/${name}`);
  return files.map(({ path }) => path).find((path) => start.test(path))!;
}

Deno.test("verify() finds a run whole, and writes nothing", async () => {
  await using workspace = await testWorkspace();
  await copyRun(workspace);
  const before = await digestTree(workspace.root);
  const result = await verify(workspace, { repair: true });
  const artifacts = Object.keys(before).filter((p) =>
    p.startsWith("artifacts")
  );
  assertEquals([result.faults, result.unfinished, result.removed], [
    [],
    [],
    [],
  ]);
  assertEquals(result.files, artifacts.length - STAGE_COUNT);
  assertEquals(await digestTree(workspace.root), before);
});

Deno.test("verify() notices a flip, a cut and a removal of every file", async () => {
  await using workspace = await testWorkspace();
  await copyRun(workspace);
  const { root, store } = workspace;
  const random = uniform(5);
  let tried = 0;
  for (const { path } of await store.list("artifacts")) {
    const bytes = (await store.read(path))!;
    if (bytes.length === 0) continue;
    const isManifest = path.endsWith("manifest.json");
    const positions = [0, bytes.length - 1];
    for (let i = 0; i < 3; i++) {
      positions.push(Math.floor(random.next().value * bytes.length));
    }
    for (const at of positions) {
      const changed = bytes.slice();
      changed[at]! ^= 1 << Math.floor(random.next().value * 7);
      await Deno.writeFile(join(root, path), changed);
      const { faults } = await verify(workspace);
      assert(faults.length > 0, `${path} at ${at}`);
      tried++;
    }
    await Deno.writeFile(join(root, path), bytes.subarray(0, -1));
    assert((await verify(workspace)).faults.length > 0, path);
    await store.remove(path);
    const { faults, unfinished } = await verify(workspace);
    assertEquals(
      [unfinished.length, faults.length],
      isManifest ? [1, 0] : [0, 1],
    );
    await Deno.writeFile(join(root, path), bytes);
  }
  assert(tried > 120, `${tried}`);
  assertEquals((await verify(workspace)).faults, []);
});

Deno.test("verify() names damaged, missing and unknown files, and their bytes", async () => {
  await using workspace = await testWorkspace();
  await copyRun(workspace);
  const { store } = workspace;
  const tensors = await find(workspace, "tensors", "train");
  const report = await find(workspace, "report", "report");
  const history = await find(workspace, "head", "history.csv");
  const folder = report.slice(0, report.lastIndexOf("/"));
  const size = (await store.stat(tensors))!.sizeBytes;
  await store.writeAtomic(
    tensors,
    (await store.read(tensors))!.subarray(0, size - 100),
  );
  await store.remove(history);
  await store.writeAtomic(`${folder}/notes.txt`, new Uint8Array(1));
  const result = await verify(workspace);
  assertEquals(brief(result), [
    `damaged tensors ${tensors.split("/").at(-1)}`,
    "missing head history.csv",
    "unknown report notes.txt",
  ]);
  assertEquals(result.faults.map(({ range }) => range), [
    [size - 100, size],
    null,
    null,
  ]);
  assertEquals(result.removed, []);
});

/** Reads a manifest as version 0.1.0 wrote it, without its seal. */
async function readUnsealed(
  { store }: TestWorkspace,
  path: string,
): Promise<string> {
  const text = new TextDecoder().decode((await store.read(path))!);
  return text.replace(/ {2}"seal": "[0-9a-f]{64}",\n/, "");
}

Deno.test("verify() reads the rows of a manifest from the header of the shard", async () => {
  await using workspace = await testWorkspace();
  await copyRun(workspace);
  const { store } = workspace;
  const manifest = await find(workspace, "embeddings", "manifest.json");
  const text = await readUnsealed(workspace, manifest);
  const edit = async (edited: string) => {
    await store.writeAtomic(manifest, new TextEncoder().encode(edited));
    const { faults } = await verify(workspace);
    return faults.map(({ kind, reason }) => `${kind}: ${reason}`);
  };
  assertEquals(await edit(text), []);
  assertEquals(await edit(text.replace('"rows":8,', "")), [
    "damaged: its manifest must list 8 rows: it lists none",
  ]);
  assertEquals(await edit(text.replace('"rows":8,', '"rows":7,')), [
    "damaged: its manifest must list 8 rows: it lists 7",
  ]);
  assertEquals(await edit(text.replace(/ {4}\{.*train-00000.*\n/, "")), [
    "unknown: its manifest does not list it",
  ]);
  const [fault] = await edit(text.replace('"config":', '"config" :'));
  assertEquals(
    fault,
    `damaged: Cannot use "${manifest}" as its text must be as it is written: it is not at byte ${
      text.indexOf('"config":') + 8
    }`,
  );
});

/** Bytes of every artifact but manifests, which have seals that they did not have. */
async function digestContent(root: string) {
  const digests = Object.entries(await digestTree(root, { times: false }));
  return digests.filter(([path]) =>
    path.startsWith("artifacts/") && !path.endsWith("manifest.json")
  );
}

Deno.test("every task notices an edited manifest, and makes what it hides again", async () => {
  await using workspace = await testWorkspace();
  await copyRun(workspace);
  const { root, store, events, onEvent } = workspace;
  const before = await digestContent(root);
  const path = await find(workspace, "embeddings", "manifest.json");
  // The first manifest is of version 0.1.0; the one that takes its place is sealed.
  for (
    const reason of [
      "its manifest must list 8 rows: it lists none",
      `Cannot use "${path}" as its bytes have changed`,
    ]
  ) {
    const text = new TextDecoder().decode((await store.read(path))!);
    const edited = text.replace('"rows":8,', "");
    await store.writeAtomic(path, new TextEncoder().encode(edited));
    await train(workspace, { onEvent });
    const damaged = events.splice(0).flatMap((event) =>
      event.type === "damaged" ? [event] : []
    );
    assertEquals(damaged.map((event) => event.path), [path]);
    assertStringIncludes(damaged[0]!.reason, reason);
    assertEquals(await digestContent(root), before);
    assertEquals((await verify(workspace)).faults, []);
  }
});

Deno.test("verify() removes what is damaged, and the next run makes just that again", async () => {
  await using workspace = await testWorkspace("evaluated");
  const before = await digestTree(workspace.root, { times: false });
  const shard = await find(workspace, "embeddings", "train");
  const metrics = await find(workspace, "evaluation", "metrics.json");
  const index = await find(workspace, "dataset-index", "manifest.json");
  for (const path of [shard, metrics, index]) await workspace.damage(path);
  const { removed } = await verify(workspace, { repair: true });
  const manifestOf = (path: string) => path.replace(/[^/]+$/, "manifest.json");
  assertEquals(removed, [
    index,
    manifestOf(shard),
    shard,
    manifestOf(metrics),
    metrics,
  ]);
  const { faults, unfinished } = await verify(workspace);
  assertEquals(faults, []);
  assertEquals(unfinished, ["dataset-index", "embeddings", "evaluation"]);
  const { events, onEvent } = workspace;
  await prepare(workspace);
  await train(workspace, { onEvent });
  await evaluate(workspace);
  const starts = events.filter(({ type }) => type === "start");
  assertEquals(
    new Set(starts.map((event) => "stage" in event && event.stage)),
    new Set(["embeddings"]),
  );
  assertEquals(await digestTree(workspace.root, { times: false }), before);
  assertEquals((await verify(workspace)).faults, []);
});
