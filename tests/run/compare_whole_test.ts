import { assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl } from "@std/path";
import {
  compare,
  DatasetError,
  evaluate,
  MissingArtifactError,
  prepare,
  train,
} from "../../mod.ts";
import { copyFolder, digestTree } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import { complete, readPage } from "./compare_support.ts";
import { QUICK, testWorkspace } from "./support.ts";

const PHOTOS = fromFileUrl(new URL("../../fixtures/images/", import.meta.url));

Deno.test("compare() shows two runs side by side, and a second time writes nothing", async () => {
  await using workspace = await testWorkspace("evaluated");
  const one = await complete(workspace, "one");
  const two = await complete(workspace, "two", { hidden: 0, epochs: 1 });
  const runs = ["one", "two"];
  const { comparison, page } = await compare(workspace, { runs });
  assertEquals(page, "runs/one/compare-validation/two.html");
  assertEquals([comparison.split, comparison.photos], ["validation", 50]);
  assertEquals(
    comparison.runs.map(({ scores, top1Interval }) => [
      scores.top1,
      scores.macroF1,
      ...top1Interval,
    ]),
    [one, two].map(({ metrics: { top1, macro, intervals } }) => [
      top1,
      macro.f1,
      ...intervals.top1,
    ]),
  );
  assertEquals(comparison.settings, [
    { setting: "epochs", values: [2, 1] },
    { setting: "hidden", values: [16, 0] },
  ]);
  const { changed, bothRight, bothWrong } = comparison.pairs[0]!;
  const { lost, won, moved } = changed;
  assertEquals(bothRight + bothWrong + lost.count + won.count, 50);
  const shown = lost.count + won.count + moved.count;
  const html = await readPage(workspace, page);
  assertEquals(html.match(/data:image\/jpeg;base64,\/9j/g)?.length, shown);

  const before = await digestTree(workspace.root);
  await compare(workspace, { runs });
  assertEquals(await digestTree(workspace.root), before);
});

Deno.test("compare() compares the photos that all runs have, and lists the others", async () => {
  await using workspace = await testWorkspace("evaluated");
  await using folder = await tempDir();
  await copyFolder(PHOTOS, folder.join("photos"));
  await complete(workspace, "one");
  await Deno.remove(folder.join("photos/val/leaf/leaf_20.jpg"));
  await Deno.rename(
    folder.join("photos/val/leaf/leaf_21.jpg"),
    folder.join("photos/val/leaf/moved.jpg"),
  );
  await complete(workspace, "two", { data: folder.join("photos") });
  const { comparison } = await compare(workspace, { runs: ["two", "one"] });
  assertEquals(comparison.photos, 49);
  assertEquals(
    comparison.runs.map(({ unmatched, renamed }) => ({ unmatched, renamed })),
    [
      { unmatched: { count: 0, paths: [] }, renamed: 0 },
      {
        unmatched: { count: 1, paths: ["val/leaf/leaf_20.jpg"] },
        renamed: 1,
      },
    ],
  );
  assertEquals(
    comparison.settings.map(({ setting }) => setting),
    ["data"],
  );
});

Deno.test("compare() says what to do when a run cannot be compared", async () => {
  await using workspace = await testWorkspace("evaluated");
  await complete(workspace, "one");
  const refuse = (
    runs: string[],
    message: string,
    split?: "train" | "validation",
  ) =>
    assertRejects(
      () => compare(workspace, { runs, split }),
      MissingArtifactError,
      message,
    );
  await refuse(
    ["one", "two"],
    'Cannot use run "two" as there is none of this name',
  );
  await prepare(workspace, { run: "two", settings: QUICK });
  await refuse(
    ["one", "two"],
    'Cannot compare run "two" as its head is not trained to the end: run the task train first',
  );
  await train(workspace, { run: "two" });
  await refuse(
    ["one", "two"],
    'Cannot compare run "two" as it is not evaluated: run the task eval first',
  );
  await evaluate(workspace, { run: "two", report: false });
  await refuse(
    ["one", "two"],
    'Cannot compare run "one" as its current head is not evaluated on split "train": run the task eval on split "train" first',
    "train",
  );
  await train(workspace, { run: "two", settings: { epochs: 3 } });
  await refuse(
    ["one", "two"],
    'Cannot compare run "two" as its stage evaluation is stale, head changed: run the task eval on split "validation" first',
  );
  await prepare(workspace, { run: "two", settings: { imageSize: 48 } });
  await refuse(
    ["one", "two"],
    'Cannot compare run "two" as its stage embeddings is stale, imageSize was 32, is 48;',
  );
});

Deno.test("compare() wants one split, and finds an earlier evaluation on it", async () => {
  await using workspace = await testWorkspace("evaluated");
  await complete(workspace, "one");
  await complete(workspace, "two", { seed: 1 });
  const split = "train";
  await evaluate(workspace, { run: "two", split, report: false });
  const runs = ["one", "two"];
  await assertRejects(
    () => compare(workspace, { runs }),
    DatasetError,
    'Cannot compare runs as they must be evaluated on one split: "one" on validation, "two" on train; name the split, or evaluate them on the same one',
  );
  const { comparison } = await compare(workspace, {
    runs,
    split: "validation",
  });
  assertEquals(comparison.photos, 50);
});

Deno.test("compare() refuses runs that have no photo in common", async () => {
  await using workspace = await testWorkspace("evaluated");
  await using folder = await tempDir();
  await complete(workspace, "one");
  // Train and validation change places.
  await copyFolder(`${PHOTOS}/val`, folder.join("train"));
  await copyFolder(`${PHOTOS}/train`, folder.join("val"));
  await complete(workspace, "two", { data: folder.path });
  await assertRejects(
    () => compare(workspace, { runs: ["one", "two"] }),
    DatasetError,
    'Cannot compare runs "one", "two" as they have no photo of split "validation" in common',
  );
});

Deno.test.each<[string[], string]>([
  [[], "none"],
  [["a"], '"a"'],
  [["a", "b", "a"], '"a", "b", "a"'],
])("compare() refuses the runs %j", async (runs, shown) => {
  await using workspace = await testWorkspace();
  await assertRejects(
    () => compare(workspace, { runs }),
    RangeError,
    `Cannot compare runs as there must be at least two, each once: current value is ${shown}`,
  );
});

Deno.test("compare() shortens the name of a page of many runs", async () => {
  await using workspace = await testWorkspace("evaluated");
  const runs = ["a", "b", "c", "d"].map((letter) => letter.repeat(60));
  for (const run of runs) await complete(workspace, run);
  const { page } = await compare(workspace, { runs });
  const [, , , name] = page.split("/");
  assertEquals(/^[0-9a-f]{16}\.html$/.test(name!), true);
});
