/**
 * Tasks that are killed at chosen calls, and go on: before and after each call that
 * changes the disk, and in the middle of each write.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { mapInOrder } from "../../pipeline/map_in_order.ts";
import {
  add,
  AT_ONCE,
  checkFinished,
  checkInterrupted,
  choose,
  expectedAfter,
  faultAt,
  HAS_PRELOAD,
  listCalls,
  runTask,
  succeed,
  TASKS,
  tell,
  workAfter,
} from "./support.ts";

/** Number of the signal that no process can hear. */
const SIGKILL = 9;

/** When a process is killed: before or after a call, or when it is half done. */
const ENDS = ["before", "after"] as const;
const MOMENTS = [...ENDS, "half"] as const;

/** Name of the stage or run that a path belongs to. */
function ownerOf(path: string): string {
  return /\/artifacts\/(.+)-[0-9a-f]{16}/.exec(path)?.[1] ?? "run.json";
}

for (const [index, task] of TASKS.entries()) {
  Deno.test({
    name: `${task[0]} writes the same bytes wherever it is killed`,
    ignore: !HAS_PRELOAD,
    async fn() {
      const whole = await expectedAfter(index + 1);
      const points = (await listCalls(index)).flatMap((call) =>
        (call.name === "write" ? MOMENTS : ENDS)
          .map((moment) => ({ ...call, moment }))
      );
      const hits: Record<string, number> = {};
      const kills = mapInOrder(choose(points), AT_ONCE, async (point) => {
        const { number, moment, name, path } = point;
        await using directory = await workAfter(index);
        const work = directory.path;
        const fault = { at: number, signal: SIGKILL, [moment]: 1 };
        const env = faultAt(work, fault);
        const { signal, stderr } = await runTask(task, work, { env });
        assertEquals(signal, "SIGKILL", stderr);
        await checkInterrupted(work, whole);
        await succeed(task, work);
        await checkFinished(work, whole);
        add(hits, `${ownerOf(path)}: ${moment} ${name}`);
      });
      const { length } = await Array.fromAsync(kills);
      tell(`${task[0]}: killed ${length} times of ${points.length}:`, hits);
    },
  });
}
