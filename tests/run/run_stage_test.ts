import { assertEquals, assertRejects } from "@std/assert";
import type { Work } from "../../pipeline/artifact/fingerprint.ts";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { runStage } from "../../pipeline/run/run_stage.ts";
import type { Made } from "../../pipeline/stages/stage.ts";
import { testContext } from "../support/stage_context.ts";

const WORK: Work = {
  stage: "dataset-index",
  version: 1,
  config: { a: 1 },
  inputs: { photos: "x" },
};

/** Writes two files, but for those that are there. */
async function makeTwo(files: StageFiles): Promise<Made> {
  const entries = [];
  for (const name of ["one.txt", "two.txt"]) {
    const bytes = await files.read(name) ?? new TextEncoder().encode(name);
    entries.push(await files.write(name, bytes));
  }
  return { files: entries, counts: { files: 2 } };
}

/** Fails the test if the stage is made. */
function mustNotMake(): Promise<Made> {
  throw new Error("The stage was made although it is complete");
}

Deno.test("runStage() writes the manifest last", async () => {
  const context = testContext();
  const result = await runStage(WORK, context, makeTwo);
  const { directory } = result.files;
  assertEquals(context.store.writes, [
    `${directory}/one.txt`,
    `${directory}/two.txt`,
    `${directory}/manifest.json`,
  ]);
  assertEquals(result.skipped, false);
  assertEquals(result.manifest.counts, { files: 2 });
  assertEquals(context.events, [
    { type: "complete", stage: "dataset-index", directory, skipped: false },
  ]);
});

Deno.test("runStage() gives the same bytes when given the same work", async () => {
  const [one, other] = [testContext(), testContext()];
  await runStage(WORK, one, makeTwo);
  await runStage(structuredClone(WORK), other, makeTwo);
  assertEquals(one.store.files, other.store.files);
});

Deno.test("runStage() writes nothing when the stage is complete", async () => {
  const { store } = testContext();
  const first = await runStage(WORK, testContext(store), makeTwo);
  store.writes.length = 0;
  const context = testContext(store);
  const second = await runStage(WORK, context, mustNotMake);
  assertEquals(store.writes, []);
  assertEquals(second.skipped, true);
  assertEquals(
    second.manifest.files,
    first.manifest.files.map((file) => {
      const { rows: _, ...rest } = file;
      return rest;
    }),
  );
  assertEquals(context.events, [{
    type: "complete",
    stage: "dataset-index",
    directory: second.files.directory,
    skipped: true,
  }]);
});

Deno.test("runStage() keeps two works apart", async () => {
  const { store } = testContext();
  await runStage(WORK, testContext(store), makeTwo);
  const other = { ...WORK, config: { a: 2 } };
  const result = await runStage(other, testContext(store), makeTwo);
  assertEquals(result.skipped, false);
  assertEquals((await store.folders("artifacts")).length, 2);
});

Deno.test("runStage() writes no manifest when making fails", async () => {
  const context = testContext();
  context.store.failOn = "two.txt";
  await assertRejects(() => runStage(WORK, context, makeTwo), Error, "on fire");
  assertEquals(
    [...context.store.files.keys()].map((p) => p.split("/").at(-1)),
    [
      "one.txt",
    ],
  );
});

Deno.test("runStage() removes a damaged file and the manifest before making again", async () => {
  const { store } = testContext();
  const { files } = await runStage(WORK, testContext(store), makeTwo);
  const before = new Map(store.files);
  store.files.set(files.path("two.txt"), new Uint8Array(1));
  const context = testContext(store);
  let found: string[] = [];
  await runStage(WORK, context, (files) => {
    found = [...store.files.keys()];
    return makeTwo(files);
  });
  assertEquals(found, [files.path("one.txt")]);
  assertEquals(store.removals, [
    files.path("manifest.json"),
    files.path("two.txt"),
  ]);
  assertEquals(context.events[0], {
    type: "damaged",
    stage: "dataset-index",
    path: files.path("two.txt"),
    reason: "it has 1 bytes, 7 were written",
  });
  assertEquals(store.files, before);
});

Deno.test("runStage() makes the stage again when the manifest is torn", async () => {
  const { store } = testContext();
  const { files } = await runStage(WORK, testContext(store), makeTwo);
  const path = files.path("manifest.json");
  const before = new Map(store.files);
  store.files.set(path, before.get(path)!.slice(0, 40));
  const context = testContext(store);
  const result = await runStage(WORK, context, makeTwo);
  assertEquals(result.skipped, false);
  assertEquals(context.events[0], {
    type: "damaged",
    stage: "dataset-index",
    path,
    reason: `Cannot read "${path}" as a manifest as it is not JSON`,
  });
  assertEquals(store.files, before);
});

Deno.test("runStage() passes on that the disk cannot be read, and removes nothing", async () => {
  const { store } = testContext();
  await runStage(WORK, testContext(store), makeTwo);
  store.failOn = "manifest.json";
  await assertRejects(
    () => runStage(WORK, testContext(store), mustNotMake),
    Error,
    "on fire",
  );
  assertEquals(store.removals, []);
});

Deno.test("runStage() makes nothing when it was asked to stop", async () => {
  const context = testContext();
  context.stop();
  await assertRejects(
    () => runStage(WORK, context, mustNotMake),
    DOMException,
    "aborted",
  );
  assertEquals(context.store.writes, []);
});

Deno.test("runStage() leaves when another task is making the stage and it must not wait", async () => {
  const context = testContext();
  const { directory } = await StageFiles.open(context.store, WORK);
  context.store.locks.add(directory.replace("artifacts/", ""));
  await assertRejects(
    () => runStage(WORK, { ...context, waits: false }, mustNotMake),
    Error,
    `Cannot make "${directory}" as another task is making it: another task of this test`,
  );
});
