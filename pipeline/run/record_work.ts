/**
 * Recording in a run file what its stages did, while other tasks may record theirs.
 */

import {
  explainChange,
  type StageTime,
  type Work,
} from "../artifact/fingerprint.ts";
import type { Lock, Store } from "../artifact/store.ts";
import { mergeConfig } from "../config/config.ts";
import type { Config } from "../config/config_type.ts";
import { isWritten, readRun, runPath, writeRun } from "./run_file.ts";
import type { RunFile } from "./run_format.ts";

/** First and longest time between two looks at a run file that another task changes, in milliseconds, and the looks after which it is given up: two minutes, twice the time of a lease. */
const [FIRST_LOOK_MS, LONGEST_LOOK_MS, MOST_LOOKS] = [5, 500, 250];

/** Takes the lock of a run file, which others hold for milliseconds. */
async function lockRun(store: Store, name: string): Promise<Lock> {
  const key = `run-${name}`;
  for (let look = 0; look < MOST_LOOKS; look++) {
    const lock = await store.tryLock(key);
    if (lock) return lock;
    const ms = Math.min(FIRST_LOOK_MS * 2 ** look, LONGEST_LOOK_MS);
    await new Promise((resolve) => setTimeout(resolve, ms));
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
  store: Store,
  name: string,
  change: (now: RunFile | undefined) => RunFile | undefined,
): Promise<void> {
  const wanted = change(await readRun(store, name));
  if (!wanted || await isWritten(store, wanted)) return;
  await using _lock = await lockRun(store, name);
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
  store: Store,
  run: RunFile,
  work: Work,
  settings: Partial<Config> = {},
): Promise<string[]> {
  const before = run.works[work.stage];
  await changeRun(store, run.name, (now) => {
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
  store: Store,
  run: RunFile,
  work: Work,
  time: StageTime,
): Promise<void> {
  await changeRun(store, run.name, (now) => {
    const known = now?.works[work.stage];
    if (!now || !known || explainChange(known, work).length > 0) return;
    if (now.times?.[work.stage]) return;
    run.times = { ...now.times, [work.stage]: time };
    return { ...now, times: run.times };
  });
}
