/**
 * Parts as programs of their own, started at the same moment, against one program.
 *
 * @module
 */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { StageProgress } from "../../mod.ts";
import { tempDir } from "../support/temp_dir.ts";
import { digestTree, runTask, taskCommand, type TaskRun } from "./support.ts";

/** Parts of each step. */
const PARTS = 4;

/** Small photos, in shards of which every part has some. */
const SETTINGS = ["--image-size", "32", "--shard-size", "16"];

/** Starts a part for each `i` of `indexes` at the same moment. */
function runParts(
  task: string,
  args: readonly string[],
  indexes: readonly number[] = [0, 1, 2, 3],
): Promise<TaskRun[]> {
  return Promise.all(
    indexes.map((i) =>
      runTask(task, [...args, "--part", `${i}/${PARTS}`, "--json"])
    ),
  );
}

/** Codes of programs, which are to be 0, or what they printed. */
function failures(runs: readonly TaskRun[]): string[] {
  return runs.filter(({ code }) => code !== 0).map(({ stderr }) => stderr);
}

/** Digests of every file but run files, which hold times. */
async function digestArtifacts(root: string) {
  const tree = Object.entries(await digestTree(root));
  return Object.fromEntries(tree.filter(([path]) => !path.startsWith("runs/")));
}

Deno.test("four parts and a seal write the bytes of one program", async (t) => {
  await using directory = await tempDir();
  const [one, four] = [directory.join("one"), directory.join("four")];
  const work = ["--work", four];

  await t.step("one program", async () => {
    for (const [task, ...args] of [["prepare", ...SETTINGS], ["embed"]]) {
      const { code, stderr } = await runTask(task!, [...args, "--work", one]);
      assertEquals(code, 0, stderr);
    }
  });

  await t.step("the index", async () => {
    const runs = await runParts("prepare", ["--index", ...SETTINGS, ...work]);
    assertEquals(failures(runs), []);
    assertEquals(runs.map(({ json }) => json!.made), [1, 1, 1, 0]);
    const sealed = await runTask("prepare", ["--index", "--seal", ...work]);
    assertEquals(sealed.code, 0, sealed.stderr);
  });

  await t.step("tensors, sealed too early, and one part twice", async () => {
    const some = await runParts("prepare", work, [0, 1, 1, 3]);
    assertEquals(failures(some), []);
    const { json } = await runTask("status", ["--json", ...work]);
    const [progress] = json!.parts as StageProgress[];
    const { stage, shardsDone, shards, parts } = progress!;
    assertEquals([stage, shardsDone, shards], ["tensors", 8, 11]);
    const states = parts.map(({ index, state }) => `${index} ${state}`);
    assertEquals(states, ["0 done", "1 done", "3 done"]);
    const watching = taskCommand("status", ["--watch", ...work]).spawn();
    let text = "";
    for await (const bytes of watching.stderr) {
      text += new TextDecoder().decode(bytes);
      if (text.includes("not begun: part 2/4\n")) break;
    }
    watching.kill("SIGTERM");
    await watching.stdout.cancel();
    assertEquals((await watching.status).code, 0);
    assertStringIncludes(
      text,
      "\n  tensors: 8/11 shards, 3/4 parts, nobody at work\n",
    );
    const early = await runTask("prepare", ["--seal", ...work]);
    assertEquals(early.code, 1);
    assertStringIncludes(
      early.stderr,
      `error: Cannot seal stage "tensors" as all of its shards must be there: 3 are missing, part 2/4: train-00002-of-00007.safetensors, train-00006-of-00007.safetensors, validation-00003-of-00004.safetensors\n`,
    );
    assertEquals(failures(await runParts("prepare", work, [2])), []);
    const sealed = await runTask("prepare", ["--seal", "--json", ...work]);
    assertEquals(sealed.code, 0, sealed.stderr);
    assertEquals(sealed.json!.shards, 11);
  });

  await t.step("embeddings", async () => {
    assertEquals(failures(await runParts("embed", work)), []);
    const sealed = await runTask("embed", ["--seal", ...work]);
    assertEquals(sealed.code, 0, sealed.stderr);
  });

  await t.step("the same bytes, and a part finds nothing to do", async () => {
    const expected = await digestArtifacts(one);
    assertEquals(await digestArtifacts(four), expected);
    const [late] = await runParts("embed", work, [0]);
    assertEquals(late!.json!.isSealed, true);
    assertEquals(await digestArtifacts(four), expected);
  });

  await t.step("parts of predict classify every photo once", async () => {
    const trained = await runTask("train", ["--epochs", "1", ...work]);
    assertEquals(trained.code, 0, trained.stderr);
    const photos = ["fixtures/images/val/coin", ...work, "--json"];
    const whole = await runTask("predict", photos);
    const halves = await Promise.all(
      ["0/2", "1/2"].map((part) =>
        runTask("predict", [...photos, "--part", part])
      ),
    );
    const lines = halves.map(({ stdout }) => stdout.trimEnd().split("\n"));
    assertEquals(
      lines[0]!.flatMap((line, i) => [line, ...lines[1]!.slice(i, i + 1)]),
      whole.stdout.trimEnd().split("\n"),
    );
  });
});

Deno.test("a part needs the stages before it, and the settings of the run", async () => {
  await using directory = await tempDir();
  const work = ["--work", directory.join("work")];
  const none = await runTask("prepare", ["--part", "0/2", ...work]);
  assertEquals(none.code, 1);
  assertStringIncludes(none.stderr, "run the task prepare first");
  await runTask("prepare", ["--index", ...SETTINGS, ...work]);
  const early = await runTask("embed", ["--part", "0/2", ...work]);
  assertEquals(early.code, 1);
  assertStringIncludes(
    early.stderr,
    `Cannot share the work of run "default" as its stage "tensors" is not complete: complete it with the task prepare first`,
  );
  const other = ["--image-size", "64", "--part", "0/2", ...work];
  const changed = await runTask("prepare", other);
  assertEquals(changed.code, 2);
  assertStringIncludes(
    changed.stderr,
    `Cannot use setting "imageSize" for a part of stage "tensors" as all parts take the settings of the run: give it to prepare --index`,
  );
});

Deno.test("a task of an array takes its part from the scheduler", async () => {
  await using directory = await tempDir();
  const work = ["--work", directory.join("work"), "--json"];
  const env = {
    SLURM_ARRAY_TASK_ID: "3",
    SLURM_ARRAY_TASK_MIN: "1",
    SLURM_ARRAY_TASK_COUNT: "2",
    SLURM_ARRAY_TASK_STEP: "2",
  };
  const index = ["--index", ...SETTINGS, ...work];
  const { json, stderr } = await runTask("prepare", index, env);
  assertEquals([json!.part, json!.shards], ["1/2", 1], stderr);
  assertStringIncludes(
    stderr,
    "part 1/2 by SLURM_ARRAY_TASK_ID; --part all for the whole\n",
  );
});
