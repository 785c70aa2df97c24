import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  ConfigError,
  MissingArtifactError,
  prepare,
  type StageStatus,
  status,
  summarize,
  train,
} from "../../mod.ts";
import { FIXTURES } from "../support/fixtures.ts";
import { tempDir } from "../support/temp_dir.ts";
import { QUICK, testWorkspace } from "./support.ts";

/** A line a stage: its name, state and counts. */
function lines(stages: readonly StageStatus[]): string[] {
  return stages.map(({ stage, state, done, total }) =>
    `${stage} ${state} ${done}/${total}`
  );
}

/** The reasons of a stage. */
function reasonsOf(stages: readonly StageStatus[], name: string): string[] {
  return stages.find(({ stage }) => stage === name)!.reasons;
}

Deno.test("status() throws when there is no run of the name", async () => {
  await using workspace = await testWorkspace();
  await assertRejects(
    () => status(workspace, { run: "a" }),
    MissingArtifactError,
    'Cannot use run "a" as there is none of this name',
  );
});

Deno.test("status() counts what is there while a run goes through its stages", async () => {
  await using workspace = await testWorkspace("prepared");
  assertEquals(lines(await status(workspace)), [
    "dataset-index complete 3/3",
    "tensors complete 7/7",
    "embeddings absent 0/6",
    "head absent 0/2",
    "evaluation absent 0/0",
    "findings absent 0/0",
    "evidence absent 0/0",
    "report absent 0/0",
  ]);

  const controller = new AbortController();
  const { signal } = controller;
  const stopAfter = (type: string, count: number) => {
    let left = count;
    return (event: { type: string; stage?: string }) => {
      const isCounted = event.type === type && event.stage !== "tensors";
      if (isCounted && --left === 0) controller.abort(new Error("enough"));
    };
  };
  await assertRejects(
    () => train(workspace, { signal, onEvent: stopAfter("progress", 2) }),
    Error,
    "enough",
  );
  assertEquals(lines(await status(workspace)).slice(2), [
    "embeddings partial 2/6",
    "head absent 0/2",
    "evaluation absent 0/0",
    "findings absent 0/0",
    "evidence absent 0/0",
    "report absent 0/0",
  ]);

  await train(workspace);
  assertEquals(lines(await status(workspace, { verify: true })).slice(2), [
    "embeddings complete 6/6",
    "head complete 5/5",
    "evaluation absent 0/0",
    "findings absent 0/0",
    "evidence absent 0/0",
    "report absent 0/0",
  ]);
});

Deno.test("status() says of a weight file that it is gone, or no file any more", async () => {
  await using workspace = await testWorkspace();
  await using folder = await tempDir();
  const backbone = folder.join("a.safetensors");
  const tiny = new URL("backbone/resnet101-tiny.safetensors", FIXTURES);
  await Deno.copyFile(tiny, backbone);
  await prepare(workspace, { settings: { ...QUICK, backbone } });
  const look = async () => {
    const warnings: string[] = [];
    const stages = await status(workspace, {
      onEvent: (event) =>
        event.type === "warning" && warnings.push(event.message),
    });
    return { warnings, stages: lines(stages) };
  };
  const { warnings, stages } = await look();
  assertEquals(warnings, []);
  await Deno.remove(backbone);
  const warning = `the weight file "${backbone}" is gone, or may not be read`;
  assertEquals(await look(), { warnings: [warning], stages });
  await assertRejects(
    () => summarize(workspace),
    ConfigError,
    "or a weight file: there is no such file",
  );
  await Deno.mkdir(backbone);
  assertEquals(await look(), { warnings: [warning], stages });
  await assertRejects(
    () => train(workspace),
    ConfigError,
    "or a weight file: it is a folder",
  );
});

Deno.test("status() counts shards without reading the index of the photos", async () => {
  await using workspace = await testWorkspace("prepared");
  const { store } = workspace;
  const entries = await store.list("artifacts");
  const { path } = entries.find((file) =>
    file.path.endsWith("/records.jsonl")
  )!;
  // Who reads it notices.
  await store.writeAtomic(path, (await store.read(path))!.fill(10));
  assertEquals(lines(await status(workspace)).slice(0, 3), [
    "dataset-index complete 3/3",
    "tensors complete 7/7",
    "embeddings absent 0/6",
  ]);
});

Deno.test("status() says how many epochs of a training that was stopped are done", async () => {
  await using workspace = await testWorkspace("prepared");
  const controller = new AbortController();
  const { signal } = controller;
  await assertRejects(
    () =>
      train(workspace, {
        settings: { epochs: 9 },
        signal,
        onEvent: (event) =>
          event.type === "epoch" && event.record.epoch === 3 &&
          controller.abort(new Error("enough")),
      }),
    Error,
    "enough",
  );
  assertEquals(lines(await status(workspace))[3], "head partial 3/9");
});

Deno.test.each<[string, string, string, string[]]>([
  ["imageSize", "32", "48", [
    "tensors: imageSize was 32, is 48",
    "tensors: shortSide was 32, is 48",
    "embeddings: tensors is stale",
    "head: tensors is stale",
  ]],
  ["preprocessing", "null", '"keras"', [
    "embeddings: normalization was ",
    "head: embeddings is stale",
  ]],
  ["epochs", "2", "3", ["head: epochs was 2, is 3"]],
])(
  "status() says what is stale and what follows from it when %s changes",
  async (name, from, to, expected) => {
    await using workspace = await testWorkspace("trained");
    // As a person may edit it, without its seal.
    const path = "runs/default/run.json";
    const text = new TextDecoder().decode((await workspace.store.read(path))!);
    const edited = text.replace(/ {2}"seal": .*\n/, "")
      .replace(`"${name}": ${from}`, `"${name}": ${to}`);
    await workspace.store.writeAtomic(path, new TextEncoder().encode(edited));
    const stages = await status(workspace);
    const reasons = stages.flatMap(({ stage, state, reasons }) =>
      state === "stale" ? reasons.map((reason) => `${stage}: ${reason}`) : []
    );
    assertEquals(reasons.length, expected.length, reasons.join("\n"));
    for (const [i, start] of expected.entries()) {
      assertEquals(reasons[i]!.slice(0, start.length), start);
    }
  },
);

Deno.test("status() finds a flipped bit only when it reads every byte", async () => {
  await using workspace = await testWorkspace("trained");
  const names = (await workspace.store.list("")).map(({ path }) => path);
  const find = (text: string) =>
    names.find((path) => path.includes(text) && path.endsWith(".safetensors"))!;
  const damaged = [
    find("/tensors-"),
    find("/embeddings-"),
    find("/checkpoint.safetensors"),
  ];
  for (const path of damaged) await workspace.damage(path);
  assertEquals(
    (await status(workspace)).map(({ state }) => state).slice(0, 4),
    ["complete", "complete", "complete", "complete"],
  );
  const stages = await status(workspace, { verify: true });
  assertEquals(lines(stages), [
    "dataset-index complete 3/3",
    "tensors damaged 6/7",
    "embeddings damaged 5/6",
    "head damaged 4/5",
    "evaluation absent 0/0",
    "findings absent 0/0",
    "evidence absent 0/0",
    "report absent 0/0",
  ]);
  assertEquals(
    ["tensors", "embeddings", "head"].flatMap((s) => reasonsOf(stages, s)),
    damaged.map((path) =>
      `${path}: its bytes have changed since they were written`
    ),
  );
});

Deno.test("status() tells what a stage took the run that completed it, and no other", async () => {
  await using workspace = await testWorkspace();
  const timed = async (run: string) => {
    const stages = await status(workspace, { run });
    return stages.filter(({ time }) => time).map(({ stage }) => stage);
  };
  await prepare(workspace, { run: "a", settings: QUICK });
  assertEquals(await timed("a"), ["dataset-index", "tensors"]);
  await prepare(workspace, { run: "b", settings: QUICK });
  assertEquals(await timed("b"), []);
  await train(workspace, { run: "b" });
  assertEquals(await timed("b"), ["embeddings", "head"]);
  const [, , embeddings, head] = await status(workspace, { run: "b" });
  await train(workspace, { run: "b", settings: { epochs: 3 } });
  const [, , again, longer] = await status(workspace, { run: "b" });
  assertEquals(again!.time, embeddings!.time);
  assertNotEquals(longer!.time, head!.time);
  await prepare(workspace, { run: "b", settings: { imageSize: 48 } });
  assertEquals(await timed("b"), ["tensors", "embeddings", "head"]);
});
