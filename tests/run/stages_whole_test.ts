import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  DATASET_INDEX,
  EMBEDDINGS,
  evaluate,
  EVALUATION,
  FINDINGS,
  HEAD,
  MissingArtifactError,
  openRun,
  prepare,
  REPORT,
  TENSORS,
  train,
} from "../../mod.ts";
import { decodeSealed } from "../../pipeline/artifact/shard.ts";
import { resumeRun } from "../../pipeline/run/open_run.ts";
import { digestTree } from "../e2e/support.ts";
import { QUICK, testWorkspace } from "./support.ts";

Deno.test("stages that are completed one by one are what the tasks complete", async () => {
  await using workspace = await testWorkspace();
  const { onEvent, events } = workspace;
  const run = await openRun(workspace, { settings: QUICK, onEvent });
  const head = await run.complete(HEAD);
  const evaluation = await run.complete(EVALUATION);
  const findings = await run.complete(FINDINGS);
  await run.complete(REPORT);
  const before = await digestTree(workspace.root);
  const engines = events.filter(({ type }) => type === "engine");
  assertEquals(engines.map((event) => "stage" in event && event.stage), [
    "embeddings",
    "head",
    "evaluation",
    "findings",
    "evidence",
  ]);

  events.length = 0;
  assertEquals((await prepare(workspace, { onEvent })).reused, 150);
  const trained = await train(workspace, { onEvent });
  assertEquals([trained.embedded, trained.reused], [0, 150]);
  assertEquals(trained.engine, "cpu");
  const evaluated = await evaluate(workspace, { onEvent });
  assertEquals(evaluated.metrics, evaluation.metrics);
  assertEquals(
    evaluated.findings!.list,
    await Array.fromAsync(findings.streamFindings()),
  );
  assertEquals(trained.epochs, head.history.length);
  assertEquals(await digestTree(workspace.root), before);
  // Nothing was computed, so no engine was started.
  assertEquals(new Set(events.map(({ type }) => type)), new Set(["complete"]));
});

Deno.test("a script can read the shards of a stage", async () => {
  await using workspace = await testWorkspace("prepared");
  const run = await openRun(workspace, { settings: QUICK });
  const tensors = await run.complete(TENSORS);
  const { path } = tensors.shards[0]!;
  const shard = await decodeSealed(await tensors.read(path), path);
  const { dtype, shape } = shard.tensors.get("image")!;
  assertEquals([dtype, ...shape], ["U8", 32, 32, 32, 3]);
});

Deno.test("complete() makes a damaged file again, and nothing else", async () => {
  await using workspace = await testWorkspace("evaluated");
  const { store, onEvent, events } = workspace;
  const run = await openRun(workspace, { settings: QUICK, onEvent });
  await run.complete(REPORT);
  const before = await digestTree(workspace.root);
  const tensors = await run.complete(TENSORS);
  const path = tensors.files.path(tensors.shards[0]!.path);
  await workspace.damage(path);
  const { directory } = (await run.complete(EMBEDDINGS)).files;
  for (const { path } of await store.list(directory)) await store.remove(path);

  events.length = 0;
  await run.complete(EMBEDDINGS);
  assertEquals(await digestTree(workspace.root), before);
  const damaged = events.filter(({ type }) => type === "damaged");
  assertEquals(damaged.map((event) => "path" in event && event.path), [path]);
});

Deno.test("complete() examines a stage each time, and those it reads once", async () => {
  await using workspace = await testWorkspace("prepared");
  const { onEvent, events } = workspace;
  const run = await openRun(workspace, { settings: QUICK, onEvent });
  await run.complete(TENSORS);
  events.length = 0;
  await run.complete(TENSORS);
  await run.complete(DATASET_INDEX);
  assertEquals(
    events.map(({ type, ...event }) => [type, "stage" in event && event.stage]),
    [["complete", "tensors"], ["complete", "dataset-index"]],
  );
});

Deno.test("resumeRun() keeps the settings, and throws when there is no run", async () => {
  await using workspace = await testWorkspace();
  const run = await openRun(workspace, { run: "a", settings: QUICK });
  await run.complete(DATASET_INDEX);
  const settings = { epochs: 7 };
  const { config } = await resumeRun(workspace, { run: "a", settings });
  assertEquals([config.epochs, config.imageSize], [7, 32]);
  await assertRejects(
    () => resumeRun(workspace, { run: "b" }),
    MissingArtifactError,
    `Cannot use run "b" as there is none of this name in "${workspace.root}": run the task prepare first, or name one of a`,
  );
  for (const name of "cdefghij") {
    await workspace.store.writeAtomic(
      `runs/${name}/run.json`,
      new Uint8Array(),
    );
  }
  await assertRejects(
    () => resumeRun(workspace, { run: "b" }),
    MissingArtifactError,
    "run the task prepare first, or name one of a, c, d, e, f, g, h, i, …",
  );
});

Deno.test("a stage stops when the signal says so, and writes nothing more", async () => {
  await using workspace = await testWorkspace();
  const controller = new AbortController();
  const { signal } = controller;
  const run = await openRun(workspace, {
    settings: { ...QUICK, shardSize: 8 },
    signal,
    onEvent: ({ type }) => type === "progress" && controller.abort("enough"),
  });
  const stopped = await run.complete(DATASET_INDEX).catch((error) => error);
  assertEquals(stopped, "enough");
  const names = (await workspace.store.list("")).map(({ path }) => path);
  assert(!names.some((path) => path.endsWith("manifest.json")), `${names}`);
});
