/**
 * Recording in a run file what its stages did, while other tasks may record theirs.
 */

import {
  explainChange,
  type StageTime,
  type Work,
} from "../artifact/fingerprint.ts";
import type { Lock } from "../artifact/store.ts";
import { mergeConfig } from "../config/config.ts";
import type { Config } from "../config/config_type.ts";
import type { StageContext } from "../shards/events.ts";
import { isWritten, readRun, runPath, writeRun } from "./run_file.ts";
import type { RunFile } from "./run_format.ts";

/** What stands for the run file where others name a stage. */
export const RUN = "run";

/** First and longest time between two looks at a run file that another task changes, in milliseconds, and the looks after which it is given up: two minutes, twice the time of a lease. */
const [FIRST_LOOK_MS, LONGEST_LOOK_MS, MOST_LOOKS] = [5, 500, 250];

/** The look, after a second, at which a person is told what is waited for. */
const TOLD_LOOK = 8;

/** Where a run file is, and what hears of waiting for it. */
type RecordContext = Pick<StageContext, "store" | "signal" | "emit">;

/** Takes the lock of a run file, which others hold for milliseconds. */
async function lockRun(context: RecordContext, name: string): Promise<Lock> {
  const { store, signal, emit } = context;
  const key = `run-${name}`;
  for (let look = 0; look < MOST_LOOKS; look++) {
    const lock = await store.tryLock(key);
    if (lock) return lock;
    if (look === TOLD_LOOK) {
      const holder = await store.lockHolder(key);
      const message = `another task is writing "${
        runPath(name)
      }": waiting for ${holder}`;
      emit({ type: "warning", stage: RUN, message });
    }
    const ms = Math.min(FIRST_LOOK_MS * 2 ** look, LONGEST_LOOK_MS);
    await new Promise((resolve) => setTimeout(resolve, ms));
    signal.throwIfAborted();
  }
  throw new Error(
    `Cannot write "${
      runPath(name)
    }" as another task is writing it: ${await store
      .lockHolder(key)}`,
  );
}

/**
 * Changes a run file: reads it, and writes what is made of it before another task can.
 * Who changes nothing takes no lock.
 *
 * @param change Makes the new run of what is there; may be called twice.
 */
export async function changeRun(
  context: RecordContext,
  name: string,
  change: (now: RunFile | undefined) => RunFile | undefined,
): Promise<void> {
  const { store } = context;
  const wanted = change(await readRun(store, name));
  if (!wanted || await isWritten(store, wanted)) return;
  await using _lock = await lockRun(context, name);
  const run = change(await readRun(store, name));
  if (run) await writeRun(store, run);
}

/**
 * Records the work of a stage in the run file.
 *
 * What another task wrote there meanwhile is kept: works of other stages, and
 * settings that this one was not given. The time of other work of the stage is
 * removed.
 *
 * @param run The run; it is updated.
 * @returns What changed since the stage ran last; none at the first time.
 */
export async function recordWork(
  context: RecordContext,
  run: RunFile,
  work: Work,
  settings: Partial<Config> = {},
): Promise<string[]> {
  const before = run.works[work.stage];
  await changeRun(context, run.name, (now) => {
    const known = now?.works[work.stage];
    const isSame = known && explainChange(known, work).length === 0;
    run.works = { ...run.works, ...now?.works, [work.stage]: work };
    const times = { ...(now ?? run).times };
    if (!isSame) delete times[work.stage];
    run.times = times;
    const config = now ? mergeConfig(now.config, settings) : run.config;
    return { ...run, config };
  });
  return before ? explainChange(before, work) : [];
}

/**
 * Records what it took to complete the work of a stage in the run file.
 *
 * Nothing is recorded if another task has begun other work of the stage meanwhile,
 * or if a time of the same work is recorded already: a stage that is damaged and made
 * again keeps its first time.
 *
 * @param run The run; it is updated.
 */
export async function recordTime(
  context: RecordContext,
  run: RunFile,
  work: Work,
  time: StageTime,
): Promise<void> {
  await changeRun(context, run.name, (now) => {
    const known = now?.works[work.stage];
    if (!now || !known || explainChange(known, work).length > 0) return;
    if (now.times?.[work.stage]) return;
    run.times = { ...now.times, [work.stage]: time };
    return { ...now, times: run.times };
  });
}
