import { assertEquals } from "@std/assert";
import {
  evaluate,
  listRuns,
  prepare,
  readWorkspace,
  train,
} from "../../mod.ts";
import { digestTree } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import { QUICK, testWorkspace } from "./support.ts";

Deno.test("listRuns() says of each run what it is and how good, and changes nothing", async () => {
  await using workspace = await testWorkspace("evaluated");
  await prepare(workspace, { run: "other", settings: QUICK });
  const { metrics } = await evaluate(workspace, { report: false });
  await workspace.store.writeAtomic(
    "runs/broken/run.json",
    new TextEncoder().encode("{"),
  );
  await workspace.store.writeAtomic("runs/none/x", new Uint8Array(1));
  const before = await digestTree(workspace.root);
  const runs = await listRuns(workspace);
  assertEquals(await digestTree(workspace.root), before);
  assertEquals(runs.map(({ name }) => name), ["broken", "default", "other"]);
  const [broken, own, other] = runs;
  assertEquals(
    "problem" in broken! && broken.problem.includes("runs/broken/run.json"),
    true,
  );
  if ("problem" in own! || "problem" in other!) throw new Error("no run");
  const { sizeBytes, changedAt, ...rest } = own!;
  assertEquals(rest, {
    name: "default",
    data: null,
    backbone: "tiny",
    evaluation: { split: "validation", top1: metrics.top1, isStale: false },
  });
  assertEquals(new Date(changedAt).toISOString(), changedAt);
  assertEquals(other!.evaluation, null);
  // The tensors are counted in both.
  assertEquals(
    sizeBytes > other!.sizeBytes && other!.sizeBytes > 150 * 3072,
    true,
  );
});

Deno.test("listRuns() says that a head was trained again since its evaluation", async () => {
  await using workspace = await testWorkspace("evaluated");
  await train(workspace, { settings: { epochs: 3 } });
  const [run] = await listRuns(workspace);
  assertEquals("evaluation" in run! && run.evaluation!.isStale, true);
});

Deno.test("listRuns() finds none where there is no work directory", async () => {
  await using directory = await tempDir();
  assertEquals(await listRuns(readWorkspace(directory.join("none"))), []);
});
