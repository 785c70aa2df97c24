/**
 * Bytes that change in every file of a run: each is found by `verify` and by the next
 * run, which makes the same bytes again.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import {
  evaluate,
  openWorkspace,
  type PipelineEvent,
  prepare,
  readWorkspace,
  train,
  verify,
} from "../../mod.ts";
import { digestTree } from "../e2e/support.ts";
import { integers } from "../support/random.ts";
import { add, checkFinished, SHARE, tell, workAfter } from "./support.ts";

/** Flips at a share of 1. */
const FLIPS = 2000;

/** Changes one byte of each file, at random; returns the paths. Empty files have none. */
async function flip(
  work: string,
  paths: readonly string[],
  draw: (limit: number) => number,
): Promise<string[]> {
  const flipped = [];
  for (const path of paths) {
    const bytes = await Deno.readFile(join(work, path));
    if (bytes.length === 0) continue;
    bytes[draw(bytes.length)]! ^= 1 + draw(255);
    await Deno.writeFile(join(work, path), bytes);
    flipped.push(path);
  }
  return flipped;
}

/** Runs the three tasks, which look at every byte; returns what they told. */
async function runAgain(work: string): Promise<string> {
  const told: string[] = [];
  const onEvent = (event: PipelineEvent) => {
    if (event.type === "damaged") told.push(`${event.path}: ${event.reason}`);
    if (event.type === "warning") told.push(event.message);
  };
  using workspace = await openWorkspace(work);
  const options = { onEvent, verify: true };
  await prepare(workspace, options);
  await train(workspace, options);
  await evaluate(workspace, options);
  return told.join("\n");
}

/** The files in groups that are flipped at once: a manifest hides what its files are. */
function groupsOf(paths: readonly string[]): string[][] {
  const isLast = (path: string) =>
    path.endsWith("/manifest.json") || path.endsWith("/run.json");
  const isCopy = (path: string) => path.endsWith("/run.copy.json");
  return [
    paths.filter((path) => !isLast(path)),
    paths.filter((path) => isLast(path) && !isCopy(path)),
  ];
}

Deno.test("a byte that changes is found in every file, and made again", async () => {
  await using directory = await workAfter(3);
  const work = directory.path;
  const whole = await digestTree(work);
  const same = await digestTree(work, { times: false });
  const groups = groupsOf(Object.keys(whole));
  const draw = integers(11);
  const counts: Record<string, number> = {};
  let tried = 0;
  let byNext = 0;
  for (let round = 0; tried < FLIPS * SHARE; round++) {
    const flipped = await flip(work, groups[round % 2]!, draw);
    tried += flipped.length;
    const { faults } = await verify(readWorkspace(work));
    const found = new Set(faults.map(({ path }) => path));
    assertEquals(flipped.filter((path) => !found.has(path)), []);
    const told = await runAgain(work);
    for (const path of flipped) {
      const name = path.replace(/^artifacts\/(.+)-[0-9a-f]{16}\/.*$/, "$1");
      add(counts, name.replace(/^runs\/.*\//, ""));
      if (told.includes(path)) byNext++;
      // The copy is mended when the run file is written.
      else assert(path.endsWith("copy.json"), `${path} in ${told}`);
    }
    await checkFinished(work, same);
    assertEquals(await digestTree(work), whole);
  }
  tell(
    `${tried} bytes: verify named all, the next run named ${byNext} and mended all:`,
    counts,
  );
});
