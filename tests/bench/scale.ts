/**
 * Time and peak memory of each step that many machines share, on any number of small
 * photos: index, plan, parts, seals, status, findings.
 *
 * Run it as `deno run -A tests/bench/scale.ts <directory> <count> [parts]`. It wants
 * some 10 kB of disk and a few files a photo; remove the directory afterwards.
 *
 * @module
 */

import { join } from "@std/path";
import { makePhotos } from "./make_photos.ts";
import { type MeasuredRun, measureTask } from "./measured_task.ts";

/** Settings of the run: small images, large shards. */
const SETTINGS = ["--image-size=32", "--shard-size=1024"];

/** More parts than there are shards: the last has nothing to make but the plan. */
const MOST_PARTS = 1_000_000;

/** A step: a task, and the flags of each of the programs that run at the same time. */
type Step = readonly [
  name: string,
  task: Parameters<typeof measureTask>[0],
  ...programs: readonly (readonly string[])[],
];

/** Lists the steps: an index that one task makes, then the chain in parts. */
function listSteps(directory: string, parts: number): Step[] {
  const data = [`--data=${join(directory, "photos")}`, ...SETTINGS];
  const alone = `--work=${join(directory, "alone")}`;
  const work = `--work=${join(directory, "shared")}`;
  const share = (...flags: string[]) =>
    Array.from(
      { length: parts },
      (_, i) => [work, ...flags, `--part=${i}/${parts}`],
    );
  const plan = `--part=${MOST_PARTS - 1}/${MOST_PARTS}`;
  const together = `${parts} parts at once`;
  return [
    ["index, one task", "prepare", ["--index", alone, ...data]],
    [`index, ${together}`, "prepare", ...share("--index", ...data)],
    ["index, seal", "prepare", [work, "--index", "--seal"]],
    ["plan of the tensors", "prepare", [work, plan]],
    [`tensors, ${together}`, "prepare", ...share()],
    ["tensors, seal", "prepare", [work, "--seal"]],
    ["status", "status", [work]],
    [`embeddings, ${together}`, "embed", ...share()],
    ["embeddings, seal", "embed", [work, "--seal"]],
    ["status", "status", [work]],
    ["train, one epoch", "train", [work, "--epochs=1"]],
    ["eval: findings, report", "eval", [work]],
  ];
}

/** Formats a row of the table: the longest time and the highest peak. */
function formatRow(
  name: string,
  runs: readonly MeasuredRun[],
  count: number,
): string {
  const seconds = Math.max(...runs.map((run) => run.seconds));
  const peak = Math.max(...runs.map((run) => run.peakBytes ?? NaN));
  const numbers = [seconds, count / seconds, peak / 1e6];
  return `| ${[name, ...numbers.map((n) => n.toFixed(0))].join(" | ")} |`;
}

if (import.meta.main) {
  const [directory, given, parts = "2"] = Deno.args;
  const count = Number(given);
  const photos = join(directory!, "photos");
  const isThere = await Deno.stat(photos).then(() => true, () => false);
  if (!isThere) await makePhotos(photos, count);
  // deno-lint-ignore no-console
  const print = console.log;
  print(`| ${count} photos | seconds | photos/s | peak MB |`);
  print("| --- | --- | --- | --- |");
  for (const [name, task, ...programs] of listSteps(directory!, +parts)) {
    const running = programs.map((flags) => measureTask(task, flags));
    print(formatRow(name, await Promise.all(running), count));
  }
}
