import { assertEquals } from "@std/assert";
import { evaluate, FINDINGS, openRun } from "../../mod.ts";
import { digestTree } from "../e2e/support.ts";
import { QUICK, testWorkspace } from "./support.ts";

Deno.test("evaluate() looks for no findings when it is not to", async () => {
  await using workspace = await testWorkspace("trained");
  const { findings } = await evaluate(workspace, { report: false });
  assertEquals(findings, null);
  const paths = Object.keys(await digestTree(workspace.root));
  assertEquals(paths.filter((path) => path.includes("/findings-")), []);
});

Deno.test("evaluate() finds that ten photos a class are too few to judge by", async () => {
  await using workspace = await testWorkspace("evaluated");
  const { list, counts, path } = (await evaluate(workspace)).findings!;
  const small = list.filter(({ kind }) => kind === "small-class");
  assertEquals(
    small.map(({ message }) => message),
    ["brick", "coin", "leaf", "shell", "wave"].map((name) =>
      `10 photos of "${name}" in validation: 12 are needed to judge by`
    ),
  );
  assertEquals([counts.photos, counts.smallClasses, counts.copies], [
    150,
    5,
    0,
  ]);
  const lines = new TextDecoder().decode((await workspace.store.read(path))!);
  assertEquals(lines.trimEnd().split("\n").length, list.length);
});

Deno.test("findings that were damaged are made again, without comparing anew", async () => {
  await using workspace = await testWorkspace("evaluated");
  const { onEvent, events } = workspace;
  const run = await openRun(workspace, { settings: QUICK, onEvent });
  const { files } = await run.complete(FINDINGS);
  const before = await digestTree(workspace.root);
  const path = files.path("findings.jsonl");
  await workspace.damage(path);
  events.length = 0;
  const verified = await openRun(workspace, { onEvent, verify: true });
  await verified.complete(FINDINGS);
  assertEquals(await digestTree(workspace.root), before);
  const damaged = events.flatMap((event) =>
    event.type === "damaged" ? [event.path] : []
  );
  assertEquals(damaged, [path]);
  const progress = events.filter((event) =>
    event.type === "progress" && event.stage === "findings"
  );
  assertEquals(progress.length, 1);
});
