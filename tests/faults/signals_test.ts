/**
 * Tasks that get a signal at any time, again and again, and go on.
 *
 * @module
 */

import { assert } from "@std/assert";
import { mapInOrder } from "../../pipeline/map_in_order.ts";
import { uniform } from "../support/random.ts";
import {
  add,
  AT_ONCE,
  checkFinished,
  checkInterrupted,
  expectedAfter,
  runTask,
  SHARE,
  succeed,
  TASKS,
  tell,
  workAfter,
} from "./support.ts";

/** Signals of each kind, of all tasks, at a share of 1. */
const SIGNALS = 40;

/** The signals: at the first of two, a task stops in order. */
const KINDS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const;

/** Signals that one task gets before it may end. */
const IN_A_ROW = 2;

Deno.test({
  name: "the tasks write the same bytes whichever signal they get, and when",
  ignore: Deno.build.os === "windows",
  async fn() {
    const random = uniform(7);
    const chains = KINDS.flatMap((kind, k) =>
      Array.from(
        { length: Math.ceil(SIGNALS * SHARE / IN_A_ROW) },
        (_, i) => {
          const times = Array.from({ length: IN_A_ROW }, () =>
            random.next().value);
          return { kind, index: (k + i) % TASKS.length, times };
        },
      )
    );
    const wholes = [1, 2, 3].map(expectedAfter);
    const durations = await Promise.all(TASKS.map(async (task, index) => {
      await using directory = await workAfter(index);
      const started = performance.now();
      await succeed(task, directory.path);
      return performance.now() - started;
    }));
    const ends: Record<string, number> = {};
    const ran = mapInOrder(chains, AT_ONCE, async ({ kind, index, times }) => {
      const task = TASKS[index]!;
      const whole = await wholes[index]!;
      await using directory = await workAfter(index);
      const work = directory.path;
      for (const time of times) {
        const delay = time * durations[index]!;
        const { code, signal, stderr } = await runTask(task, work, {
          signalAt: [kind, delay],
        });
        const isStopped = signal === kind || code === 130 ||
          signal === "SIGINT";
        assert(isStopped || code === 0, stderr);
        const how = signal ?? (code === 130 ? "stopped in order" : "was done");
        add(ends, `${task[0]} ${kind}: ${how}`);
        await checkInterrupted(work, whole);
      }
      await succeed(task, work);
      await checkFinished(work, whole);
    });
    const { length } = await Array.fromAsync(ran);
    tell(`${length * IN_A_ROW} signals:`, ends);
  },
});
