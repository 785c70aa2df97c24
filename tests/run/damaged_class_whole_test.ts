import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { DatasetError, evaluate, prepare, train, verify } from "../../mod.ts";
import { copyFolder, digestTree } from "../e2e/support.ts";
import { FIXTURES, readFixture } from "../support/fixtures.ts";
import { tempDir } from "../support/temp_dir.ts";
import { QUICK, type TestWorkspace, testWorkspace } from "./support.ts";

/** A photo whose header is right, and whose data ends too early. */
const CUT = (await readFixture("images/train/leaf/leaf_01.jpg")).slice(0, 700);

/** The embedded photos, and a class before the others whose photos are damaged. */
async function damagedClass() {
  const folder = await tempDir();
  await copyFolder(fromFileUrl(new URL("images/", FIXTURES)), folder.path);
  for (const split of ["train", "val"]) {
    await Deno.mkdir(folder.join(`${split}/aaa`), { recursive: true });
    for (let i = 0; i < 2; i++) {
      const bytes = Uint8Array.of(...CUT, i);
      await Deno.writeFile(folder.join(`${split}/aaa/${i}.jpg`), bytes);
    }
  }
  return folder;
}

/** Reads a text of the only artifact of a stage. */
async function read(
  { store }: TestWorkspace,
  stage: string,
  name: string,
): Promise<string> {
  const folders = await store.folders("artifacts");
  const found = folders.filter((folder) => folder.startsWith(`${stage}-`));
  assertEquals(found.length, 1);
  const bytes = await store.read(`artifacts/${found[0]}/${name}`);
  return new TextDecoder().decode(bytes);
}

Deno.test("a class whose photos prove damaged is left out of every stage, as if it was not there", async () => {
  await using folder = await damagedClass();
  await using workspace = await testWorkspace();
  const { root, events, onEvent } = workspace;
  const settings = { ...QUICK, data: folder.path };
  const { classes, rejected } = await prepare(workspace, { settings, onEvent });
  assertEquals([classes, rejected], [5, 4]);
  const warnings = events.flatMap((event) =>
    event.type === "warning" ? [event.message] : []
  );
  assert(
    warnings.includes('left out as no photo of theirs can be used: "aaa"'),
  );
  await train(workspace);
  await evaluate(workspace);

  await using ordinary = await testWorkspace("evaluated");
  for (
    const [stage, name] of [
      ["dataset-index", "records.jsonl"],
      ["dataset-index", "class_indices.json"],
      ["head", "history.jsonl"],
      ["evaluation", "predictions.jsonl"],
      ["evaluation", "metrics.json"],
      ["evaluation", "confusion.csv"],
      ["findings", "findings.jsonl"],
    ] as const
  ) {
    const [found, expected] = [
      await read(workspace, stage, name),
      await read(ordinary, stage, name),
    ];
    assertEquals(found, expected, name);
  }
  const page = await read(workspace, "report", "report.html");
  assertStringIncludes(page, "<summary>4 photos left out</summary>");
  assertStringIncludes(page, "JPEG data is damaged or cut off");
  assertEquals((await verify(workspace)).faults, []);

  const before = await digestTree(root);
  await prepare(workspace, { verify: true });
  await train(workspace);
  await evaluate(workspace);
  assertEquals(await digestTree(root), before);
});

Deno.test("a run without a damaged class goes on after it was stopped, to the same bytes", async () => {
  await using folder = await damagedClass();
  const settings = { ...QUICK, data: folder.path };
  await using whole = await testWorkspace();
  await prepare(whole, { settings });
  await using workspace = await testWorkspace();
  for (const stage of ["dataset-index", "tensors"]) {
    const stop = new AbortController();
    await assertRejects(
      () =>
        prepare(workspace, {
          settings,
          signal: stop.signal,
          onEvent(event) {
            // Of the index, when the class proves damaged.
            const type = stage === "tensors" ? "progress" : "rejected";
            if (event.type === type && event.stage === stage) stop.abort();
          },
        }),
      DOMException,
    );
  }
  await prepare(workspace);
  const artifacts = ({ root }: TestWorkspace) =>
    digestTree(join(root, "artifacts"));
  assertEquals(await artifacts(workspace), await artifacts(whole));
});

Deno.test("a strict run stops at a class whose photos prove damaged", async () => {
  await using folder = await damagedClass();
  await using workspace = await testWorkspace();
  const settings = { ...QUICK, data: folder.path, strict: true };
  await assertRejects(
    () => prepare(workspace, { settings }),
    DatasetError,
    'Cannot use "train/aaa/0.jpg" as its JPEG data is damaged or cut off',
  );
});
