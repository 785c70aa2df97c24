/**
 * Killed at random moments, resumed, and compared byte for byte.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { digestTree, runTask, taskCommand } from "./support.ts";
import { uniform } from "../support/random.ts";

/** Kills in all, over as many work directories as it takes. */
const KILLS = 30;

/** Most kills of one task in one work directory. */
const KILLS_A_TASK = 3;

/** The three tasks on the embedded photos, in shards small enough to be hit. */
const TASKS: readonly (readonly [string, readonly string[]])[] = [
  ["prepare", ["--image-size", "64", "--shard-size", "8"]],
  ["train", ["--epochs", "40"]],
  ["eval", []],
];

/** Starts a task and kills it after a while, unless it ends before. */
async function killAfter(
  task: string,
  args: readonly string[],
  delayMs: number,
): Promise<boolean> {
  const child = taskCommand(task, args).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), delayMs);
  const { signal } = await child.output();
  clearTimeout(timer);
  return signal === "SIGKILL";
}

/** Stages that have files but no manifest: where the kill struck. */
function unfinished(digests: Record<string, string>): string[] {
  const directories = new Set(
    Object.keys(digests).filter((path) => path.startsWith("artifacts/"))
      .map((path) => path.split("/").slice(0, 2).join("/")),
  );
  return [...directories].filter((d) => !(`${d}/manifest.json` in digests))
    .map((d) => d.slice("artifacts/".length).replace(/-[0-9a-f]{16}$/, ""));
}

Deno.test("the three tasks write the same bytes however often they are killed", async () => {
  const root = await Deno.makeTempDir({ prefix: "headstart-kill-" });
  try {
    const whole = join(root, "whole");
    const durations: number[] = [];
    for (const [task, args] of TASKS) {
      const started = performance.now();
      const { code, stderr } = await runTask(task, [...args, "--work", whole]);
      assertEquals(code, 0, stderr);
      durations.push(performance.now() - started);
    }
    const expected = await digestTree(whole, { times: false });
    const random = uniform(7);
    const hits: Record<string, number> = {};
    let kills = 0;
    for (let chain = 0; kills < KILLS && chain < KILLS; chain++) {
      const work = join(root, `killed-${chain}`);
      for (const [i, [task, args]] of TASKS.entries()) {
        for (let k = 0; k < KILLS_A_TASK && kills < KILLS; k++) {
          const delay = random.next().value * durations[i]!;
          if (!await killAfter(task, [...args, "--work", work], delay)) break;
          kills++;
          const struck = unfinished(await digestTree(work)).at(-1) ??
            "between stages";
          hits[`${task}: ${struck}`] = (hits[`${task}: ${struck}`] ?? 0) + 1;
        }
        const { code, stderr } = await runTask(task, [...args, "--work", work]);
        assertEquals(code, 0, stderr);
      }
      assertEquals(await digestTree(work, { times: false }), expected);
    }
    // deno-lint-ignore no-console
    console.log("    killed in", hits);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
