/**
 * Runs: one function completes any stage.
 *
 * @module
 */

import { Artifact } from "../artifact/artifact.ts";
import { fingerprint, type Work } from "../artifact/fingerprint.ts";
import { MANIFEST } from "../artifact/manifest.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import type { Config } from "../config/config_type.ts";
import { MissingArtifactError } from "../errors.ts";
import { openDevices } from "./devices.ts";
import { type PlannedInputs, planStage, runFacts } from "./plan.ts";
import { requireDigest } from "./fetch_preset.ts";
import { recordTime, recordWork, runPath } from "./run_file.ts";
import type { RunParts } from "./events.ts";
import {
  findComplete,
  findDamaged,
  removeDamaged,
  runStage,
} from "./run_stage.ts";
import {
  definitionOf,
  listInputs,
  type Opened,
  type Stage,
} from "../stages/stage.ts";

/** A run on its way through its stages. */
export class Run {
  /**
   * Its settings, backbone and context; fetching the backbone completes what is known of it.
   *
   * @internal
   */
  readonly parts: RunParts;
  /** Stages that were completed, for those that read them. */
  readonly #opened = new Map<Stage, Artifact>();

  /**
   * Makes a run of its parts; nothing is read.
   *
   * @internal
   */
  constructor(parts: RunParts) {
    this.parts = parts;
  }

  /** Its name. */
  get name(): string {
    return this.parts.file.name;
  }

  /** A value for every setting. */
  get config(): Config {
    return this.parts.file.config;
  }

  /**
   * Completes a stage, and before it the stages it reads that this run has not
   * completed yet.
   *
   * Files that are whole are kept. A file that a stage finds damaged is reported,
   * removed and made again; if it is damaged again, that is an error.
   *
   * @throws {DatasetError} If no classifier can be trained on the photos.
   * @throws {ConfigError} If settings or backbone cannot be used.
   * @throws {MissingArtifactError} If an artifact of an earlier task is missing.
   * @throws {BackendUnavailableError} If no engine runs the stage, or it stops working.
   */
  async complete<S extends Stage>(stage: S): Promise<Opened<S>> {
    const healed = new Set<string>();
    while (true) {
      try {
        return await this.#make(stage);
      } catch (error) {
        const damage = findDamaged(error);
        if (damage === undefined || healed.has(damage.path)) throw error;
        healed.add(damage.path);
        await removeDamaged(this.parts, damage);
        this.#opened.clear();
      }
    }
  }

  /**
   * Opens a stage as the run recorded it.
   *
   * @returns The stage, or `undefined` if it is not complete.
   * @throws {FormatError} If its manifest is damaged.
   */
  async find<S extends Stage>(stage: S): Promise<Opened<S> | undefined> {
    const { store, file } = this.parts;
    const work = file.works[stage.name];
    const files = work && await StageFiles.open(store, work);
    const manifest = await files?.manifest();
    if (files === undefined || manifest === undefined) return undefined;
    return await this.#open(stage, new Artifact(files, manifest));
  }

  /** Whether a stage that others do without is left out: there is an obstacle, and no complete one. */
  async #isLeftOut(stage: Stage): Promise<boolean> {
    const message = definitionOf(stage).obstacle?.(runFacts(this.parts));
    if (message === undefined) return false;
    const { work } = await this.#plan(stage, await this.#inputs(stage));
    const files = await StageFiles.open(this.parts.store, work);
    if (await findComplete(files, this.parts)) return false;
    this.parts.emit({ type: "warning", stage: stage.name, message });
    return true;
  }

  /** Completes the stages that a stage reads and that were not completed yet, in the order in which it names them. */
  async #inputs(stage: Stage): Promise<Record<string, Artifact | undefined>> {
    const inputs: Record<string, Artifact | undefined> = {};
    for (const { name, input, isOptional } of listInputs(stage)) {
      inputs[name] = this.#opened.get(input) ??
        (isOptional && await this.#isLeftOut(input)
          ? undefined
          : await this.#make(input));
    }
    return inputs;
  }

  /** Names the work of a stage. */
  async #plan(stage: Stage, inputs: PlannedInputs) {
    const { parts } = this;
    return await planStage(stage, {
      parts,
      inputs,
      backboneDigest: () => requireDigest(parts),
    });
  }

  /**
   * Refuses to make a stage whose photos are not those that were indexed last.
   *
   * @throws {MissingArtifactError} If none were, or they have changed.
   */
  async #requireRecorded(stage: Stage, wanted: Work): Promise<void> {
    const { file } = this.parts;
    const { name } = stage;
    const recorded = file.works[name];
    const use = `Cannot use run "${file.name}" as its`;
    if (recorded === undefined) {
      throw new MissingArtifactError(
        `${use} photos are not indexed: run the task prepare first`,
        { stage: name, path: runPath(file.name) },
      );
    }
    const files = await StageFiles.open(this.parts.store, recorded);
    if (await fingerprint(wanted) !== files.fingerprint) {
      throw new MissingArtifactError(
        `${use} dataset index is not there and the photos have changed since: run the task prepare`,
        { stage: name, path: files.path(MANIFEST) },
      );
    }
  }

  /** Opens a complete stage for those that read it. */
  async #open<S extends Stage>(
    stage: S,
    artifact: Artifact,
  ): Promise<Opened<S>> {
    const view = await stage.open(artifact);
    return Object.assign(artifact, view) as unknown as Opened<S>;
  }

  /** Completes a stage, whose inputs need not be complete, for those that read it. */
  async #make<S extends Stage>(stage: S): Promise<Opened<S>> {
    const { parts } = this;
    const keepsRecorded = parts.keepsIndex && listInputs(stage).length === 0;
    const found = keepsRecorded ? await this.find(stage) : undefined;
    if (found) {
      this.#opened.set(stage, found);
      return found;
    }
    const inputs = await this.#inputs(stage);
    const { work, config, photos } = await this.#plan(stage, inputs);
    if (keepsRecorded) await this.#requireRecorded(stage, work);
    const { store, file, settings } = parts;
    const definition = definitionOf(stage);
    const { name } = stage;
    const changes = await recordWork(store, file, work, settings);
    if (changes.length > 0) parts.emit({ type: "stale", stage: name, changes });
    const started = performance.now();
    await using devices = openDevices(parts, name);
    const artifact = await runStage(work, parts, (files) =>
      definition.make({
        ...parts,
        ...devices,
        files,
        config,
        inputs: inputs as Record<string, Artifact>,
        run: runFacts(parts),
        photos,
      }));
    if (!artifact.skipped) {
      const milliseconds = Math.round(performance.now() - started);
      await recordTime(store, file, work, {
        seconds: milliseconds / 1000,
        finishedAt: new Date().toISOString(),
      });
    }
    const opened = await this.#open(stage, artifact);
    const run = runFacts(parts);
    await definition.checkUsable?.(opened, { ...parts, run, photos });
    this.#opened.set(stage, opened);
    return opened;
  }
}
