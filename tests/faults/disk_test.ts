/**
 * Disks that take no more: the task ends with an error that says why, nothing
 * half-written is believed, and the next run goes on.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { isIncomplete } from "../../pipeline/artifact/file_store.ts";
import { mapInOrder } from "../../pipeline/map_in_order.ts";
import { uniform } from "../support/random.ts";
import { walkFiles } from "../support/walk_files.ts";
import {
  add,
  AT_ONCE,
  type Call,
  checkFinished,
  checkInterrupted,
  choose,
  expectedAfter,
  faultAt,
  HAS_PRELOAD,
  listCalls,
  runTask,
  SHARE,
  succeed,
  TASKS,
  tell,
  workAfter,
} from "./support.ts";

/** A way in which a disk fails. */
interface Failure {
  title: string;
  /** Number of the error on Linux. */
  error: number;
  /** What the task must tell. */
  told: string;
  /** The calls at which it begins. */
  calls: readonly string[];
  /** The only call that fails, if not all that need room or rights. */
  only?: string;
  /** Whether half of the bytes of a write are taken. */
  half?: number;
  /** The share of the points that is tried, of the share of all. */
  share: number;
}

const NEEDING = ["create", "write", "rename", "mkdir"];

const FAILURES: readonly Failure[] = [
  {
    title: "full",
    error: 28,
    told: "the disk is full: free some space and run the task again",
    calls: NEEDING,
    share: 1,
  },
  {
    title: "full in the middle of a file",
    error: 28,
    told: "the disk is full: free some space and run the task again",
    calls: ["write"],
    half: 1,
    share: 0.5,
  },
  {
    title: "full when a file is flushed",
    error: 28,
    told: "the disk is full: free some space and run the task again",
    calls: ["fsync"],
    only: "fsync",
    share: 0.2,
  },
  {
    title: "over quota",
    error: 122,
    told: "the quota is used up: free some space and run the task again",
    calls: NEEDING,
    share: 0.2,
  },
  {
    title: "read-only",
    error: 30,
    told: "the disk is read-only: use another work directory",
    calls: NEEDING,
    share: 0.2,
  },
  {
    title: "not this user's",
    error: 13,
    told: "this user may not write in ",
    calls: NEEDING,
    share: 0.2,
  },
  {
    title: "broken",
    error: 5,
    told: "input/output error",
    calls: [...NEEDING, "fsync"],
    share: 0.2,
  },
  {
    title: "without renaming over a file",
    error: 17,
    told: "its file system does not replace files by renaming",
    calls: ["rename"],
    only: "rename",
    share: 0.2,
  },
];

/** Waits for a while. */
function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Removes a folder that is written to meanwhile. */
async function removeBusy(folder: string): Promise<void> {
  for (let isThere = true; isThere;) {
    // It fails where something is written while it is emptied.
    await Deno.remove(folder, { recursive: true }).catch(() => {});
    isThere = await Deno.stat(folder).then(() => true, () => false);
  }
}

/** Lets a task meet a failure at a call, and run again. */
async function tryPoint(
  index: number,
  { number, name, path }: Call,
  failure: Failure,
): Promise<void> {
  const { error, told, only, half } = failure;
  const whole = wholes[index]!;
  await using directory = await workAfter(index);
  const work = directory.path;
  const fault = { at: number, error, ...only && { only }, ...half && { half } };
  const env = faultAt(work, fault);
  const { code, stderr } = await runTask(TASKS[index]!, work, { env });
  const where = `${failure.title} at ${name} ${path}: ${stderr}`;
  assertEquals(code, 1, where);
  assert(stderr.includes(told), where);
  assert(stderr.includes(`error: Cannot write "${work}`), where);
  for await (const file of walkFiles(work)) {
    assert(!isIncomplete(file.split("/").at(-1)!), `${file}, ${where}`);
  }
  await checkInterrupted(work, whole);
  await succeed(TASKS[index]!, work);
  await checkFinished(work, whole);
}

/** What each task makes. */
const wholes = HAS_PRELOAD
  ? await Promise.all([1, 2, 3].map(expectedAfter))
  : [];

for (const failure of FAILURES) {
  Deno.test({
    name: `the tasks go on after a disk was ${failure.title}`,
    ignore: !HAS_PRELOAD,
    async fn() {
      const points: [number, Call][] = [];
      for (const index of TASKS.keys()) {
        for (const call of await listCalls(index)) {
          if (failure.calls.includes(call.name)) points.push([index, call]);
        }
      }
      const chosen = choose(points, SHARE * failure.share);
      const counts: Record<string, number> = {};
      const tried = mapInOrder(chosen, AT_ONCE, async ([index, call]) => {
        await tryPoint(index, call, failure);
        add(counts, `${TASKS[index]![0]} ${call.name}`);
      });
      const { length } = await Array.fromAsync(tried);
      tell(`${failure.title}: ${length} of ${points.length} points:`, counts);
    },
  });
}

/** Removals of each task's work directory at a share of 1. */
const REMOVALS = 10;

Deno.test("the tasks go on after their work directory was removed", async () => {
  const random = uniform(3);
  const counts: Record<string, number> = {};
  const whole = await expectedAfter(TASKS.length);
  for (const [index, task] of TASKS.entries()) {
    for (let i = 0; i < Math.ceil(REMOVALS * SHARE); i++) {
      await using directory = await workAfter(index);
      const work = directory.path;
      const running = runTask(task, work);
      await delay(200 + 800 * random.next().value);
      await removeBusy(work);
      const { code, stderr } = await running;
      assert([0, 1].includes(code), stderr);
      assert(code === 0 || /^error: Cannot /m.test(stderr), stderr);
      assert(!stderr.includes("--allow"), stderr);
      add(counts, `${task[0]} ended with ${code}`);
      for (const each of TASKS) await succeed(each, work);
      await checkFinished(work, whole);
    }
  }
  tell("work directories that were removed:", counts);
});
