import { assert, assertEquals, assertRejects } from "@std/assert";
import { FormatError, prepare, status, train, verify } from "../../mod.ts";
import { digestTree } from "../e2e/support.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { fromFileUrl } from "@std/path";
import { QUICK, testWorkspace } from "./support.ts";

const RUN = "runs/default/run.json";
const COPY = "runs/default/run.copy.json";

Deno.test("a run whose file is damaged goes on with its copy, and mends it", async () => {
  await using workspace = await testWorkspace("trained");
  const { root, events, onEvent } = workspace;
  const before = await digestTree(root);
  for (const path of [RUN, COPY]) {
    await workspace.damage(path);
    const { faults } = await verify(workspace);
    assertEquals(faults.map(({ path, stage }) => [path, stage]), [
      [path, "run"],
    ]);
    const { restored } = await verify(workspace, { repair: true });
    assertEquals([restored, await digestTree(root)], [[path], before]);
  }
  await workspace.damage(RUN);
  const stages = await status(workspace, { onEvent });
  assertEquals(stages[3]!.state, "complete");
  assertEquals(events.filter(({ type }) => type === "warning").length, 1);
  await train(workspace);
  assertEquals(await digestTree(root), before);
});

Deno.test("a run whose file and copy are damaged begins anew when it is given its photos", async () => {
  await using workspace = await testWorkspace();
  const { root, events, onEvent, store } = workspace;
  const data = fromFileUrl(new URL("images/", FIXTURES));
  const settings = { ...QUICK, data };
  await prepare(workspace, { settings });
  const before = await digestTree(root, { times: false });
  for (const path of [RUN, COPY]) await workspace.damage(path);
  const damaged = await store.read(RUN);
  await assertRejects(
    () => train(workspace),
    FormatError,
    "; the task prepare",
  );
  await assertRejects(
    () => prepare(workspace),
    FormatError,
    "; the task prepare",
  );
  await prepare(workspace, { settings, onEvent });
  const aside = "runs/default/run.damaged.json";
  assertEquals(await store.read(aside), damaged);
  const warning = events.find(({ type }) => type === "warning");
  assert(warning?.type === "warning" && warning.message.includes(aside));
  await store.remove(aside);
  assertEquals(await digestTree(root, { times: false }), before);
});
