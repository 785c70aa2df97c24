/**
 * Run files: `runs/<name>/run.json`, the configuration of a run and the work of
 * each of its stages.
 *
 * `prepare` writes it and the other tasks read it, so the three run in sequence
 * with no flag repeated. What the stages of the run last did stands in it, so
 * that a later task can say what changed.
 *
 * @module
 */

import { z } from "zod";
import { decodeJson } from "../artifact/canonical_json.ts";
import {
  explainChange,
  type StageTime,
  type StageTimes,
  type Work,
} from "../artifact/fingerprint.ts";
import { HEX_DIGEST, STAGE_NAME, WORK_SCHEMA } from "../artifact/manifest.ts";
import type { ReadableStore, Store } from "../artifact/store.ts";
import { type VariantName, VARIANTS } from "../backbone/spec.ts";
import { checkSettings, defaultConfig, mergeConfig } from "../config/config.ts";
import type { Config } from "../config/config_type.ts";
import { ConfigError } from "../errors.ts";
import { type ProfileName, PROFILES } from "../image/preprocessing.ts";
import { inStageOrder } from "../stages/stages.ts";

/** What a run file keeps of its backbone, in case the weight file is gone. */
export interface KnownBackbone {
  /** Value of the setting `backbone`. */
  name: string;
  /** SHA-256 of the weight file, in hex. */
  digest: string;
  variant: VariantName;
  /** Preprocessing where none is given. */
  profile: ProfileName;
}

/** A run: its configuration and the last work of its stages. */
export interface RunFile {
  name: string;
  config: Config;
  backbone?: KnownBackbone | undefined;
  /** The work of each stage that has been run. */
  works: Readonly<Record<string, Work>>;
  /** How long those works took; absent for a stage that was found complete. */
  times?: StageTimes | undefined;
}

/** What was done before there was a setting for it, where the default is another. */
const BEFORE: Partial<Config> = { transparency: "drop" };

/** Names that are safe as a folder on every system. */
const RUN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const SCHEMA = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  config: z.record(z.string(), z.json()),
  backbone: z.strictObject({
    name: z.string(),
    digest: HEX_DIGEST,
    variant: z.enum(Object.keys(VARIANTS) as [VariantName]),
    profile: z.enum(Object.keys(PROFILES) as [ProfileName]),
  }).optional(),
  works: z.record(STAGE_NAME, WORK_SCHEMA),
  times: z.record(
    STAGE_NAME,
    z.strictObject({
      seconds: z.number().nonnegative(),
      finishedAt: z.iso.datetime(),
    }),
  ).optional(),
});

/**
 * Returns the path of a run file, relative to the work directory.
 *
 * @throws {ConfigError} If the name is not safe as a folder.
 */
export function runPath(name: string): string {
  if (!RUN_NAME.test(name)) {
    throw new ConfigError(
      `Cannot use "${name}" as the name of a run as it must be 1 to 64 letters, digits, ".", "_" or "-" and start with a letter or digit`,
      "run",
    );
  }
  return `runs/${name}/run.json`;
}

/**
 * Reads a run file.
 *
 * @returns The run, or `undefined` if there is none of this name.
 * @throws {FormatError} If the file is not a run file.
 */
export async function readRun(
  store: ReadableStore,
  name: string,
): Promise<RunFile | undefined> {
  const path = runPath(name);
  const bytes = await store.read(path);
  if (bytes === undefined) return undefined;
  const file = decodeJson(bytes, SCHEMA, {
    path,
    what: "a run",
    advice: "; prepare writes a new one if the file is removed",
  });
  // A setting that did not exist when the file was written takes its default, or
  // what was done before.
  const config = mergeConfig(
    { ...defaultConfig(), ...BEFORE },
    checkSettings(file.config, `"${path}"`),
  );
  const { backbone, works, times } = file;
  return {
    name,
    config,
    works,
    ...(backbone && { backbone }),
    ...(times && { times }),
  };
}

/** Encodes a run, with its stages always in the same order. */
function encodeRun(run: RunFile): string {
  const { name, config, backbone } = run;
  const works = inStageOrder(run.works);
  const known = inStageOrder(run.times ?? {});
  const times = Object.keys(known).length > 0 ? known : undefined;
  const file = { format: 1, name, config, backbone, works, times };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Writes a run file, unless it says the same already. */
export async function writeRun(store: Store, run: RunFile): Promise<void> {
  const path = runPath(run.name);
  const text = encodeRun(run);
  const bytes = await store.read(path);
  if (bytes && new TextDecoder().decode(bytes) === text) return;
  await store.writeAtomic(path, new TextEncoder().encode(text));
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
  const now = await readRun(store, run.name);
  const known = now?.works[work.stage];
  const isSame = known && explainChange(known, work).length === 0;
  run.works = { ...run.works, ...now?.works, [work.stage]: work };
  const times = { ...(now ?? run).times };
  if (!isSame) delete times[work.stage];
  run.times = times;
  const config = now ? mergeConfig(now.config, settings) : run.config;
  await writeRun(store, { ...run, config });
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
  const now = await readRun(store, run.name);
  const known = now?.works[work.stage];
  if (!now || !known || explainChange(known, work).length > 0) return;
  if (now.times?.[work.stage]) return;
  run.times = { ...now.times, [work.stage]: time };
  await writeRun(store, { ...now, times: run.times });
}
