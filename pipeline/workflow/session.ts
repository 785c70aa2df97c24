/**
 * Sessions: a run with its backbone, on its way through the stages.
 *
 * @module
 */

import type { Work } from "../artifact/fingerprint.ts";
import { checkSettings, defaultConfig, mergeConfig } from "../config/config.ts";
import type { Config } from "../config/config_type.ts";
import { DigestMismatchError, MissingArtifactError } from "../errors.ts";
import {
  type Preprocessing,
  resolvePreprocessing,
} from "../image/preprocessing.ts";
import { type BackboneFile, findBackbone } from "./backbone.ts";
import {
  type PipelineContext,
  pipelineContext,
  type PipelineOptions,
} from "./context.ts";
import { fetchPreset, isFetched } from "./fetch_preset.ts";
import {
  type KnownBackbone,
  readRun,
  recordTime,
  recordWork,
  type RunFile,
  runPath,
} from "./run_file.ts";
import type { Workspace } from "./workspace.ts";

/** Name of the run where none is given. */
export const DEFAULT_RUN = "default";

/** Which run to work on, and how. */
export interface SessionOptions extends PipelineOptions {
  /**
   * Name of the run.
   *
   * @default {"default"}
   */
  run?: string | undefined;
  /**
   * Settings that replace those of the run, or the defaults if it is new.
   *
   * @default {{}}
   */
  settings?: Partial<Config> | undefined;
}

/** A run on its way through the stages. */
export interface Session extends PipelineContext {
  /** The run. */
  run: RunFile;
  /** Its backbone. */
  backbone: BackboneFile;
  /** What happens to a photo before the backbone sees it. */
  preprocessing: Preprocessing;
  /** The settings that replaced those of the run. */
  settings: Partial<Config>;
}

/** What a run keeps of its backbone. */
function remember(backbone: BackboneFile): KnownBackbone | undefined {
  const { name, digest, variant, profile } = backbone;
  return digest === null ? undefined : { name, digest, variant, profile };
}

/**
 * Makes sure that the weights of a session are there: those of a preset are
 * fetched, or held to what they were when they were used first.
 *
 * @param session The session; what it knows of its backbone is completed.
 * @throws {ConfigError} If they are not there, and there is no cache to fetch them to.
 * @throws {DownloadError} If they cannot be fetched.
 * @throws {DigestMismatchError} If they are not those that the run has used before.
 */
export async function requireWeights(session: Session): Promise<void> {
  const { backbone, run, cache } = session;
  const { name, digest } = backbone;
  if (!isFetched(name)) return;
  const { path } = await fetchPreset(name, session);
  session.backbone = await findBackbone(name, { cache });
  const actual = session.backbone.digest!;
  if (digest !== null && actual !== digest) {
    throw new DigestMismatchError(path, { expected: digest, actual });
  }
  run.backbone = remember(session.backbone);
}

/**
 * Returns the digest of the backbone of a session; a preset that was never
 * fetched is.
 *
 * @param session The session; what it knows of its backbone is completed.
 * @returns The digest.
 */
export async function requireDigest(session: Session): Promise<string> {
  if (session.backbone.digest === null) await requireWeights(session);
  return session.backbone.digest!;
}

/**
 * Finds the backbone of a run and completes the preprocessing; writes nothing.
 *
 * @param run The run.
 * @param context The work directory, the stop signal, the listener.
 * @param settings Settings that replace those of the run.
 * @returns The session.
 * @throws {ConfigError} If settings cannot be used, or there is no such backbone.
 */
export async function startSession(
  run: RunFile,
  context: PipelineContext,
  settings: Partial<Config> = {},
): Promise<Session> {
  const config = mergeConfig(run.config, checkSettings(settings, "settings"));
  const { cache } = context;
  const places = { cache, known: run.backbone };
  const backbone = await findBackbone(config.backbone, places);
  const { name, found, variant, profile } = backbone;
  if (found) {
    context.emit({ type: "backbone", name, ...found, variant, profile });
  }
  // A preset's own crop and filter belong to its own profile.
  const own = [null, profile].includes(config.preprocessing)
    ? backbone
    : undefined;
  const preprocessing = resolvePreprocessing(
    config.preprocessing ?? backbone.profile,
    {
      imageSize: config.imageSize ?? backbone.imageSize,
      resize: config.resize ?? undefined,
      cropFraction: config.cropFraction ?? own?.cropFraction,
      interpolation: config.interpolation ?? own?.interpolation,
      orientation: config.orientation,
    },
  );
  const configured = { ...run, config, backbone: remember(backbone) };
  return { ...context, run: configured, backbone, preprocessing, settings };
}

/**
 * Opens a run, which is new if there is none of this name.
 *
 * Nothing is written yet. The settings go into `run.json` with the first stage
 * that can begin with them, so that whoever opens the run next need not repeat
 * them, and a mistyped one does not stay.
 *
 * @param workspace The work directory.
 * @param options The run, its settings, a stop signal and a listener.
 * @returns The session, for the functions that complete a stage.
 * @throws {ConfigError} If settings cannot be used, or there is no such backbone.
 */
export async function openSession(
  workspace: Workspace,
  options: SessionOptions = {},
): Promise<Session> {
  const { run: name = DEFAULT_RUN, settings } = options;
  const run = await readRun(workspace.store, name) ??
    { name, config: defaultConfig(), works: {} };
  const context = pipelineContext(workspace.store, options);
  return await startSession(run, context, settings);
}

/**
 * Opens a run that has been prepared.
 *
 * @param workspace The work directory.
 * @param options The run, its settings, a stop signal and a listener.
 * @returns The session, for the functions that complete a stage.
 * @throws {MissingArtifactError} If there is no run of this name.
 * @throws {ConfigError} If settings cannot be used, or there is no such backbone.
 */
export async function resumeSession(
  workspace: Workspace,
  options: SessionOptions = {},
): Promise<Session> {
  await requireRun(workspace, options.run ?? DEFAULT_RUN);
  return await openSession(workspace, options);
}

/**
 * Reads a run that must be there.
 *
 * @param workspace The work directory.
 * @param name Name of the run.
 * @returns The run.
 * @throws {MissingArtifactError} If there is none of this name.
 */
export async function requireRun(
  workspace: Workspace,
  name: string,
): Promise<RunFile> {
  const run = await readRun(workspace.store, name);
  if (run === undefined) {
    throw new MissingArtifactError(
      `Cannot use run "${name}" as there is none of this name in "${workspace.root}": run the task prepare first`,
      { stage: "dataset-index", path: runPath(name) },
    );
  }
  return run;
}

/** Records what a stage is about to do, and tells what changed since last time. */
async function announceWork(session: Session, work: Work): Promise<void> {
  const { store, run, settings } = session;
  const changes = await recordWork(store, run, work, settings);
  const { stage } = work;
  if (changes.length > 0) session.emit({ type: "stale", stage, changes });
}

/**
 * Completes the work of a stage for a run: announces it, and records what it took
 * if it was not complete before.
 *
 * @param session The run.
 * @param work The work of the stage.
 * @param complete Completes the stage.
 * @returns What `complete` returns.
 */
export async function completeWork<T extends { skipped: boolean }>(
  session: Session,
  work: Work,
  complete: () => Promise<T>,
): Promise<T> {
  await announceWork(session, work);
  const started = performance.now();
  const result = await complete();
  if (result.skipped) return result;
  const milliseconds = Math.round(performance.now() - started);
  await recordTime(session.store, session.run, work, {
    seconds: milliseconds / 1000,
    finishedAt: new Date().toISOString(),
  });
  return result;
}
