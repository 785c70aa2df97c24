import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import {
  findUnused,
  FormatError,
  openWorkspace,
  readWorkspace,
  removeUnused,
  status,
  type Unused,
} from "../../mod.ts";
import { fingerprint, type Work } from "../../pipeline/artifact/fingerprint.ts";
import { openedWork } from "../../pipeline/shards/opened_photos.ts";
import { copyFolder, digestTree } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import { copyRun, testWorkspace } from "./support.ts";

const UUID = "123e4567-e89b-12d3-a456-426614174000";
const OLD = "head-0123456789abcdef";
const HEAD = "artifacts/head-2e876aa8583cf29b";

/** A work directory with a complete run that no task has open. */
async function keptRun() {
  const directory = await tempDir();
  const workspace = readWorkspace(directory.path);
  await copyRun(workspace);
  return {
    ...workspace,
    /** Writes a file of three bytes, and the folders on the way. */
    async put(path: string) {
      await Deno.mkdir(directory.join(path, ".."), { recursive: true });
      await Deno.writeTextFile(directory.join(path), "abc");
    },
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

/** What is unused as `kind path files size`. */
function lines(unused: readonly Unused[]): string[] {
  return unused.map(({ kind, path, files, sizeBytes }) =>
    `${kind} ${path} ${files} ${sizeBytes}`
  );
}

Deno.test("findUnused() finds nothing in a complete run, nor where there is no run", async () => {
  await using work = await keptRun();
  const before = await digestTree(work.root);
  assertEquals(await findUnused(work), []);
  assertEquals(await findUnused(readWorkspace(join(work.root, "none"))), []);
  assertEquals(await digestTree(work.root), before);
});

Deno.test("findUnused() finds artifacts of no run, debris and locks", async () => {
  await using work = await keptRun();
  await work.put(`artifacts/${OLD}/manifest.json`);
  await work.put(`artifacts/${OLD}/incomplete.${UUID}.head.safetensors`);
  await work.put(`${HEAD}/incomplete.${UUID}.manifest.json`);
  await work.put(`runs/default/incomplete.${UUID}.run.json`);
  await work.put(`locks/${OLD}`);
  await work.put(`locks/${HEAD.slice("artifacts/".length)}`);
  assertEquals(lines(await findUnused(work)), [
    `artifacts artifacts/${OLD} 2 6`,
    `debris ${HEAD}/incomplete.${UUID}.manifest.json 1 3`,
    `debris runs/default/incomplete.${UUID}.run.json 1 3`,
    `lock locks/${OLD} 1 3`,
  ]);
});

Deno.test("findUnused() finds notes of parts and parts of an index that is complete", async () => {
  await using work = await keptRun();
  const run = JSON.parse(
    await Deno.readTextFile(join(work.root, "runs/default/run.json")),
  );
  const name = async (w: Work) =>
    `${w.stage}-${(await fingerprint(w)).slice(0, 16)}`;
  const opened = await name(openedWork(run.works["dataset-index"]));
  const index = await name(run.works["dataset-index"]);
  await work.put(`artifacts/${opened}/photos-00000-of-00001.safetensors`);
  await work.put(`parts/${index}-00000-of-00002.json`);
  await work.put(`parts/${OLD}-00000-of-00002.json`);
  await work.put(`parts/incomplete.${UUID}.${OLD}-00000-of-00002.json`);
  await work.put("parts/mine.json");
  // Where parts may be at work on other machines, only what is old is debris.
  await work.put(`artifacts/incomplete.${UUID}.new.json`);
  const hours = new Date(Date.now() - 2 * 3_600_000);
  const old = `parts/incomplete.${UUID}.${OLD}-00000-of-00002.json`;
  await Deno.utime(join(work.root, old), hours, hours);
  assertEquals(lines(await findUnused(work)), [
    `artifacts artifacts/${opened} 1 3`,
    `debris parts/incomplete.${UUID}.${OLD}-00000-of-00002.json 1 3`,
    `note parts/${index}-00000-of-00002.json 1 3`,
    `note parts/${OLD}-00000-of-00002.json 1 3`,
  ]);
  // An index that is not complete needs them.
  await Deno.remove(join(work.root, "artifacts", index), { recursive: true });
  assertEquals(
    lines(await findUnused(work)).filter((line) => !line.startsWith("lock")),
    [
      `debris parts/incomplete.${UUID}.${OLD}-00000-of-00002.json 1 3`,
      `note parts/${OLD}-00000-of-00002.json 1 3`,
    ],
  );
});

Deno.test("removeUnused() leaves what runs refer to, and names of others", async () => {
  await using work = await keptRun();
  const others = [
    "artifacts/notes.txt",
    "artifacts/my-head/model.bin",
    `artifacts/${OLD}0/model.bin`,
    `${HEAD}/incomplete.txt`,
    "locks/mine",
    "photos/a.jpg",
  ];
  for (const path of others) await work.put(path);
  const before = await digestTree(work.root);
  await work.put(`artifacts/${OLD}/a/b.txt`);
  await work.put(`locks/${OLD}`);
  await work.put(`${HEAD}/incomplete.${UUID}.manifest.json`);
  const removed = await removeUnused(work, await findUnused(work));
  assertEquals(removed.map(({ kind }) => kind), [
    "artifacts",
    "debris",
    "lock",
  ]);
  assertEquals(await digestTree(work.root), before);
  const states = await status(work, { verify: true });
  assertEquals(new Set(states.map(({ reasons }) => reasons.length)).size, 1);
  assertEquals(await findUnused(work), []);
});

Deno.test({
  name: "removeUnused() removes a link, and not what it leads to",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using work = await keptRun();
    await work.put("elsewhere/photo.jpg");
    await work.put(`artifacts/${OLD}/manifest.json`);
    const elsewhere = join(work.root, "elsewhere");
    await Deno.symlink(elsewhere, join(work.root, `artifacts/${OLD}/link`));
    const linked = `artifacts/tensors-0123456789abcdef`;
    await Deno.symlink(elsewhere, join(work.root, linked));
    const removed = await removeUnused(work, await findUnused(work));
    assertEquals(removed.map(({ path }) => path), [`artifacts/${OLD}`]);
    assertEquals((await work.store.stat("elsewhere/photo.jpg"))?.sizeBytes, 3);
    assertEquals((await Deno.lstat(join(work.root, linked))).isSymlink, true);
  },
});

Deno.test("removeUnused() keeps artifacts that another run refers to", async () => {
  await using work = await keptRun();
  await copyFolder(join(work.root, "runs/default"), join(work.root, "runs/b"));
  await work.store.remove("runs/default/run.json");
  assertEquals(await findUnused(work), []);
  await work.store.remove("runs/b/run.json");
  const unused = await findUnused(work);
  assertEquals(unused.map(({ kind }) => kind), Array(8).fill("artifacts"));
});

Deno.test("removeUnused() removes only what was listed, and is unused still", async () => {
  await using work = await keptRun();
  await work.put(`artifacts/${OLD}/a.txt`);
  const listed = await findUnused(work);
  await work.put("artifacts/head-ffffffffffffffff/a.txt");
  const removed = await removeUnused(work, [
    ...listed,
    { path: HEAD, kind: "artifacts", files: 1, sizeBytes: 1 },
  ]);
  assertEquals(removed, listed);
  assertEquals(await work.store.folders("artifacts").then((n) => n.length), 9);
});

Deno.test("findUnused() refuses where a run file is damaged", async () => {
  await using work = await keptRun();
  await work.put(`artifacts/${OLD}/a.txt`);
  await work.put("runs/other/run.json");
  await assertRejects(
    () => findUnused(work),
    FormatError,
    "runs/other/run.json",
  );
});

Deno.test.each(["damaged", "gone"])(
  "findUnused() refuses where a run file is %s and only its copy is whole",
  async (state) => {
    await using work = await keptRun();
    const path = `${work.root}/runs/default/run.json`;
    await Deno.copyFile(path, path.replace(/json$/, "copy.json"));
    if (state === "gone") await Deno.remove(path);
    else await Deno.writeTextFile(path, "{");
    await assertRejects(
      () => findUnused(work),
      FormatError,
      `Cannot tell what run "default" needs as its "runs/default/run.json" is ${state}: run the task prepare on it, which writes the file anew`,
    );
  },
);

Deno.test("removeUnused() refuses while another task works there", async () => {
  await using workspace = await testWorkspace();
  await assertRejects(
    () => removeUnused(workspace, []),
    Error,
    `Cannot clean "${workspace.root}" as another task works in it: run clean again when it is done`,
  );
});

Deno.test("removeUnused() lets the next task in", async () => {
  await using work = await keptRun();
  await work.put(`artifacts/${OLD}/a.txt`);
  await removeUnused(work, await findUnused(work));
  using open = await openWorkspace(work.root);
  assertEquals(open.swept, 0);
});
