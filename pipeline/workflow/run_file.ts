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
import type { Json } from "../artifact/canonical_json.ts";
import {
  explainChange,
  fingerprint,
  type StageName,
  STAGES,
  type Work,
} from "../artifact/fingerprint.ts";
import type { ReadableStore, Store } from "../artifact/store.ts";
import { checkSettings, defaultConfig, mergeConfig } from "../config/config.ts";
import type { Config } from "../config/config_type.ts";
import { ConfigError, FormatError } from "../errors.ts";

/** A run: its configuration and what its stages did last. */
export interface RunFile {
  /** Name of the run. */
  name: string;
  /** A value for every setting. */
  config: Config;
  /** The work of each stage that has been run. */
  works: Partial<Record<StageName, Work>>;
}

/** Names that are safe as a folder on every system. */
const RUN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const SCHEMA = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  config: z.record(z.string(), z.json()),
  works: z.partialRecord(
    z.enum(STAGES as [StageName]),
    z.strictObject({
      stage: z.enum(STAGES as [StageName]),
      version: z.int(),
      config: z.record(z.string(), z.json()),
      inputs: z.record(z.string(), z.string()),
    }),
  ),
});

/**
 * Returns the path of a run file, relative to the work directory.
 *
 * @param name Name of the run.
 * @returns The path.
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
 * @param store The work directory.
 * @param name Name of the run.
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
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new FormatError(
      `Cannot read "${path}" as a run as it is not JSON; prepare writes a new one if the file is removed`,
      { path, cause },
    );
  }
  const result = SCHEMA.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new FormatError(
      `Cannot read "${path}" as a run as ${
        issue?.path.join(".") || "it"
      } is not valid: ${issue?.message}`,
      { path },
    );
  }
  // A setting that is younger than the file takes its default.
  const config = mergeConfig(
    defaultConfig(),
    checkSettings(result.data.config, `"${path}"`),
  );
  return { name, config, works: result.data.works as RunFile["works"] };
}

/**
 * Writes a run file, unless it says the same already.
 *
 * @param store The work directory.
 * @param run The run.
 */
export async function writeRun(store: Store, run: RunFile): Promise<void> {
  const path = runPath(run.name);
  const text = `${
    JSON.stringify({ format: 1, ...run } satisfies Json | object, null, 2)
  }\n`;
  const bytes = await store.read(path);
  if (bytes && new TextDecoder().decode(bytes) === text) return;
  await store.writeAtomic(path, new TextEncoder().encode(text));
}

/**
 * Records the work of a stage in the run file.
 *
 * @param store The work directory.
 * @param run The run; it is updated.
 * @param work The work that the stage is about to do.
 * @returns What changed since the stage ran last; none at the first time.
 */
export async function recordWork(
  store: Store,
  run: RunFile,
  work: Work,
): Promise<string[]> {
  const before = run.works[work.stage];
  if (before && await fingerprint(before) === await fingerprint(work)) {
    return [];
  }
  run.works[work.stage] = work;
  await writeRun(store, run);
  return before ? explainChange(before, work) : [];
}
