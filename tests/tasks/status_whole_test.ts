/**
 * `deno task status` as a program, along the life of a run.
 *
 * @module
 */

import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import type { StageStatus } from "../../mod.ts";
import { digestTree, runTask } from "../e2e/support.ts";
import { copyQuick } from "../run/support.ts";
import { tempDir } from "../support/temp_dir.ts";

/** Runs the task; returns the stages and what it printed. */
async function statusOf(
  work: string,
  ...args: string[]
): Promise<{ stages: StageStatus[]; stderr: string }> {
  const result = await runTask("status", [...args, "--json", "--work", work]);
  assertEquals(result.code, 0, result.stderr);
  const { run, stages } = result.json as unknown as {
    run: string;
    stages: StageStatus[];
  };
  assertEquals(run, "default");
  return { stages, stderr: result.stderr };
}

/** Shows stages as `name state done/total`. */
function brief(stages: readonly StageStatus[]): string[] {
  return stages.map(({ stage, state, done, total }) =>
    `${stage} ${state} ${done}/${total}`
  );
}

/** Runs a task that must succeed. */
async function succeed(task: string, ...args: string[]): Promise<void> {
  const { code, stderr } = await runTask(task, args);
  assertEquals(code, 0, stderr);
}

Deno.test("status tells how far each stage is", async (t) => {
  await using directory = await tempDir();
  const work = directory.join("work");
  const flag = ["--work", work];

  await t.step("there is no run before prepare, and none is made", async () => {
    const { code, stdout, stderr } = await runTask("status", flag);
    assertEquals({ code, stdout }, { code: 1, stdout: "" });
    assertStringIncludes(stderr, "run the task prepare first");
    assertEquals(await Array.fromAsync(Deno.readDir(directory.path)), []);
  });

  await t.step("later stages are absent before train", async () => {
    await copyQuick("prepared", work);
    const { stages, stderr } = await statusOf(work);
    assertEquals(brief(stages), [
      "dataset-index complete 3/3",
      "tensors complete 7/7",
      "embeddings absent 0/6",
      "head absent 0/2",
      "evaluation absent 0/0",
      "findings absent 0/0",
      "evidence absent 0/0",
      "report absent 0/0",
    ]);
    assertEquals(stages[3]!.directory, null);
    assertMatch(stages[1]!.directory!, /^artifacts\/tensors-[0-9a-f]{16}$/);
    assertMatch(
      stderr,
      /\n {2}tensors {8}complete {2}7\/7 {3}\d+\.\d s {2}artifacts\/tensors-/,
    );
    assertStringIncludes(
      stderr,
      "\n  embeddings     absent    0/6   -      -\n",
    );
  });

  await t.step("all is complete after train and eval", async () => {
    await copyQuick("evaluated", work);
    const before = await digestTree(work);
    const { stages, stderr } = await statusOf(work);
    assertEquals(brief(stages), [
      "dataset-index complete 3/3",
      "tensors complete 7/7",
      "embeddings complete 6/6",
      "head complete 5/5",
      "evaluation complete 4/4",
      "findings complete 2/2",
      "evidence complete 2/2",
      "report complete 1/1",
    ]);
    assertMatch(
      stderr,
      /\n {2}head {11}complete {2}5\/5 {3}\d+\.\d s {2}artifacts\//,
    );
    const { seconds, finishedAt } = stages[4]!.time!;
    assert(seconds > 0 && seconds < 600);
    assertEquals(new Date(finishedAt).toISOString(), finishedAt);
    assertEquals((await statusOf(work, "--verify")).stages, stages);
    assertEquals(await digestTree(work), before);
  });

  await t.step("a flipped byte is found by --verify alone", async () => {
    const { stages } = await statusOf(work);
    const path = `${stages[1]!.directory}/train-00000-of-00004.safetensors`;
    const bytes = await Deno.readFile(directory.join("work", path));
    const flip = async () => {
      bytes[bytes.length - 1]! ^= 1;
      await Deno.writeFile(directory.join("work", path), bytes);
    };
    await flip();
    assertEquals((await statusOf(work)).stages, stages);
    const { stages: [_, tensors], stderr } = await statusOf(work, "--verify");
    const [reason] = tensors!.reasons;
    assertEquals(brief([tensors!]), ["tensors damaged 6/7"]);
    assertStringIncludes(stderr, `\n  tensors damaged: ${reason}\n`);
    assertStringIncludes(reason!, path);
    await flip();
  });

  await t.step("stages after other tensors are stale, and why", async () => {
    await succeed("prepare", "--image-size", "48", ...flag);
    const { stages, stderr } = await statusOf(work);
    const states = stages.map(({ stage, state }) => `${stage} ${state}`);
    assertEquals(states, [
      "dataset-index complete",
      "tensors complete",
      "embeddings stale",
      "head stale",
      "evaluation stale",
      "findings stale",
      "evidence stale",
      "report stale",
    ]);
    assertEquals(stages[3]!.reasons, ["embeddings is stale"]);
    assertStringIncludes(stderr, "\n  head stale: embeddings is stale\n");
  });
});

Deno.test("status counts shards alone when tensors are partial", async () => {
  await using directory = await tempDir();
  const { path } = directory;
  await copyQuick("prepared", path);
  const { stages: [_, tensors] } = await statusOf(path);
  const folder = directory.join(tensors!.directory!);
  await Deno.remove(`${folder}/manifest.json`);
  await Deno.remove(`${folder}/validation-00000-of-00002.safetensors`);
  // What a task that was killed leaves behind, and the next one sweeps.
  await Deno.writeTextFile(`${folder}/incomplete.0.manifest.json`, "");
  const { stages } = await statusOf(path);
  assertEquals(brief([stages[1]!]), ["tensors partial 5/6"]);
});
