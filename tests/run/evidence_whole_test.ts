import { assertEquals, assertRejects } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import {
  ConfigError,
  evaluate,
  type Evidence,
  type PipelineEvent,
  prepare,
  status,
  train,
} from "../../mod.ts";
import { decodeSealed } from "../../pipeline/artifact/shard.ts";
import { digestTree } from "../e2e/support.ts";
import { tempDir } from "../support/temp_dir.ts";
import { QUICK, type TestWorkspace, testWorkspace } from "./support.ts";

const TINY = fromFileUrl(
  new URL(
    "../../fixtures/backbone/resnet101-tiny.safetensors",
    import.meta.url,
  ),
);

/** Reads a file of the evidence. */
async function readEvidence(
  { store }: TestWorkspace,
  name: string,
): Promise<Uint8Array> {
  const files = await store.list("artifacts");
  const { path } = files.find(({ path }) =>
    path.includes("/evidence-") && path.endsWith(name)
  )!;
  return (await store.read(path))!;
}

/** The warnings that were heard. */
function warnings(events: readonly PipelineEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === "warning" ? [`${event.stage}: ${event.message}`] : []
  );
}

Deno.test("evaluate() shows evidence, and a second time writes nothing", async () => {
  await using workspace = await testWorkspace();
  await prepare(workspace, { settings: { ...QUICK, imageSize: 64 } });
  await train(workspace);
  const { metrics } = await evaluate(workspace);
  const text = new TextDecoder().decode(
    await readEvidence(workspace, "evidence.jsonl"),
  );
  const lines = text.trimEnd().split("\n")
    .map((line): Evidence => JSON.parse(line));
  const right = Math.round(metrics.top1 * metrics.samples);
  const count = Math.min(24, 50 - right) + Math.min(12, right);
  assertEquals(lines.length, count);
  for (const { reason, ...names } of lines) {
    assertEquals(reason === "right", names.true === names.predicted);
  }
  const bytes = await readEvidence(workspace, ".safetensors");
  const { tensors, metadata } = await decodeSealed(bytes, "maps");
  assertEquals(tensors.get("map")!.shape, [count, 2, 2, 2]);
  assertEquals([metadata.engine, metadata.method], ["cpu", "cam"]);

  const before = await digestTree(workspace.root);
  const { events, onEvent } = workspace;
  await evaluate(workspace, { onEvent });
  assertEquals(await digestTree(workspace.root), before);
  assertEquals(new Set(events.map(({ type }) => type)), new Set(["complete"]));
  const stages = await status(workspace);
  assertEquals(stages[6]!.stage, "evidence");
  assertEquals([stages[6]!.state, stages[6]!.done], ["complete", 2]);
});

Deno.test("evaluate() shows no evidence when it is told not to", async () => {
  await using workspace = await testWorkspace("trained");
  await evaluate(workspace, { report: false });
  assertEquals((await status(workspace))[6]!.state, "absent");
});

Deno.test("evaluate() warns that there is no evidence where the backbone is gone", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  const backbone = folder.join("a.safetensors");
  await Deno.copyFile(TINY, backbone);
  await prepare(workspace, { settings: { ...QUICK, backbone } });
  await train(workspace);
  await Deno.rename(backbone, folder.join("away"));
  const { events, onEvent } = workspace;
  assertEquals((await evaluate(workspace, { onEvent })).metrics.samples, 50);
  assertEquals(warnings(events), [
    `evidence: no heatmaps, as the weights of backbone "${backbone}" are missing`,
  ]);
  assertEquals((await status(workspace))[6]!.directory, null);

  events.length = 0;
  await Deno.rename(folder.join("away"), backbone);
  // Its weights are read once.
  const removing: Promise<void>[] = [];
  await evaluate(workspace, {
    onEvent(event) {
      onEvent(event);
      if (event.type === "backbone") removing.push(Deno.remove(backbone));
    },
  });
  await Promise.all(removing);
  assertEquals([removing.length, warnings(events)], [1, []]);
  const before = await digestTree(workspace.root);
  await evaluate(workspace, { onEvent });
  assertEquals(warnings(events), []);
  assertEquals(await digestTree(workspace.root), before);

  // They are not kept where the evidence is there.
  await Deno.copyFile(TINY, backbone);
  const evidence = (await status(workspace))[6]!.directory!;
  await assertRejects(
    () =>
      evaluate(workspace, {
        onEvent(event) {
          if (event.type !== "complete" || event.stage !== "evaluation") return;
          Deno.removeSync(backbone);
          Deno.removeSync(join(workspace.root, evidence), { recursive: true });
        },
      }),
    ConfigError,
    "or a weight file: there is no such file",
  );
});

Deno.test("evaluate() makes again what it shows evidence of and is damaged", async () => {
  await using workspace = await testWorkspace("evaluated");
  const before = await digestTree(workspace.root);
  const find = (pattern: RegExp) =>
    Object.keys(before).find((path) => pattern.test(path))!;
  const damaged = [
    find(/\/tensors-.*\/validation-00000/),
    find(/\/evaluation-.*\/predictions/),
  ];
  for (const path of damaged) await workspace.damage(path);
  for (const path of Object.keys(before)) {
    if (path.includes("/evidence-")) await workspace.store.remove(path);
  }
  const { events, onEvent } = workspace;
  await evaluate(workspace, { onEvent });
  const after = await digestTree(workspace.root);
  assertEquals(after, before);
  const told = events.flatMap((event) =>
    event.type === "damaged" ? [event.path] : []
  );
  assertEquals(told.sort(), damaged.sort());
});

Deno.test("status() says that evidence is stale when the evaluation is", async () => {
  await using workspace = await testWorkspace("evaluated");
  await train(workspace, { settings: { epochs: 3 } });
  const stages = await status(workspace);
  const [evaluation, evidence] = [stages[4]!, stages[6]!];
  assertEquals([evaluation.state, ...evaluation.reasons], [
    "stale",
    "head changed",
  ]);
  assertEquals([evidence.state, ...evidence.reasons], [
    "stale",
    "evaluation is stale",
  ]);
  await evaluate(workspace);
  assertEquals((await status(workspace))[6]!.state, "complete");
});
