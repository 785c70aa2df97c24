import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  completeEmbeddings,
  completeEvaluation,
  completeEvidence,
  completeFindings,
  completeHead,
  completeIndex,
  completeReport,
  completeTensors,
  decodeSealed,
  DigestMismatchError,
  evaluate,
  healing,
  MissingArtifactError,
  openSession,
  prepare,
  resumeSession,
  type Session,
  train,
} from "../../mod.ts";
import { digestTree } from "../e2e/support.ts";
import { QUICK, testWorkspace } from "./support.ts";

/** Completes every stage, each by its own function. */
async function completeAll(session: Session) {
  const index = await completeIndex(session);
  const tensors = await completeTensors(session, index);
  const embeddings = await completeEmbeddings(session, tensors);
  const head = await completeHead(session, index, embeddings);
  const inputs = { index, embeddings, head };
  const evaluation = await completeEvaluation(session, inputs);
  const findings = await completeFindings(session, inputs);
  const before = { ...inputs, tensors, evaluation };
  const evidence = await completeEvidence(session, before);
  const stages = { ...before, findings, evidence };
  await completeReport(session, stages);
  return stages;
}

Deno.test("stages that are completed one by one are what the tasks complete", async () => {
  await using workspace = await testWorkspace();
  const { onEvent, events } = workspace;
  const session = await openSession(workspace, { settings: QUICK, onEvent });
  const done = await completeAll(session);
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
  assertEquals(trained.engine, "wasm");
  const evaluated = await evaluate(workspace, { onEvent });
  assertEquals(evaluated.metrics, done.evaluation.metrics);
  assertEquals(evaluated.findings!.list, done.findings.findings);
  assertEquals(await digestTree(workspace.root), before);
  // Nothing was computed, so no engine was started.
  assertEquals(new Set(events.map(({ type }) => type)), new Set(["complete"]));
});

Deno.test("a script can read the shards of a stage", async () => {
  await using workspace = await testWorkspace();
  const session = await openSession(workspace, { settings: QUICK });
  const tensors = await completeTensors(session, await completeIndex(session));
  const file = tensors.manifest.files.find(({ rows }) => rows)!;
  const bytes = await tensors.files.readVerified(file);
  const shard = await decodeSealed(bytes, file.path);
  const { dtype, shape } = shard.tensors.get("image")!;
  assertEquals([dtype, ...shape], ["U8", 32, 32, 32, 3]);
});

Deno.test("a stage throws at a damaged file, and healing() makes it again", async () => {
  await using workspace = await testWorkspace();
  const { store, onEvent, events } = workspace;
  const session = await openSession(workspace, { settings: QUICK, onEvent });
  const { tensors } = await completeAll(session);
  const before = await digestTree(workspace.root);
  const path = tensors.files.path(tensors.manifest.files[0]!.path);
  await workspace.damage(path);
  const { directory } = (await completeEmbeddings(session, tensors)).files;
  for (const { path } of await store.list(directory)) await store.remove(path);
  await assertRejects(() => completeAll(session), DigestMismatchError, path);

  events.length = 0;
  await healing(session, () => completeAll(session));
  const after = await digestTree(workspace.root);
  assertEquals(after, before);
  const damaged = events.filter(({ type }) => type === "damaged");
  assertEquals(damaged.map((event) => "path" in event && event.path), [path]);
});

Deno.test("resumeSession() keeps the settings, and throws when there is no run", async () => {
  await using workspace = await testWorkspace();
  const session = await openSession(workspace, { run: "a", settings: QUICK });
  await completeIndex(session);
  const settings = { epochs: 7 };
  const { run } = await resumeSession(workspace, { run: "a", settings });
  assertEquals([run.config.epochs, run.config.imageSize], [7, 32]);
  await assertRejects(
    () => resumeSession(workspace, { run: "b" }),
    MissingArtifactError,
    `Cannot use run "b" as there is none of this name in "${workspace.root}": run the task prepare first`,
  );
});

Deno.test("a stage stops when the signal says so, and writes nothing more", async () => {
  await using workspace = await testWorkspace();
  const controller = new AbortController();
  const { signal } = controller;
  const session = await openSession(workspace, {
    settings: { ...QUICK, shardSize: 8 },
    signal,
    onEvent: ({ type }) => type === "progress" && controller.abort("enough"),
  });
  const index = await completeIndex(session).catch((error) => error);
  assertEquals(index, "enough");
  const names = (await workspace.store.list("")).map(({ path }) => path);
  assert(!names.some((path) => path.endsWith("manifest.json")), `${names}`);
});
