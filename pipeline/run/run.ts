/** Runs: one function completes any stage. */

import { Artifact } from "../artifact/artifact.ts";
import { StageFiles } from "../artifact/stage_files.ts";
import type { Config } from "../config/config_type.ts";
import { BackboneEngines } from "./backbone_engines.ts";
import { SharedPool } from "./preprocess/shared_pool.ts";
import {
  type PlannedInputs,
  planStage,
  requireRecorded,
  runFacts,
} from "./plan.ts";
import { requireDigest } from "./fetch_preset.ts";
import { recordTime, recordWork } from "./record_work.ts";
import {
  type PartCounts,
  requireStage,
  type Role,
  shareWork,
} from "./share_work.ts";
import type { Part } from "../shards/part.ts";
import type { RunParts } from "./events.ts";
import {
  findComplete,
  findDamaged,
  removeDamaged,
  runStage,
} from "./run_stage.ts";
import {
  definitionOf,
  isWanted,
  listInputs,
  type Opened,
  type Stage,
} from "../stages/stage.ts";
import { TENSORS } from "../stages/tensors.ts";

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
  /** Engines that stages hand on; closed at the end of each call that makes stages. */
  readonly #engines: BackboneEngines;
  /** Workers that decode photos; they end once the tensors are made, or no stage has them. */
  readonly #pool: SharedPool;

  /**
   * Makes a run of its parts; nothing is read.
   *
   * @internal
   */
  constructor(parts: RunParts) {
    this.parts = parts;
    this.#engines = new BackboneEngines(parts);
    this.#pool = new SharedPool(parts.preprocessing.geometry, parts.nativeJpeg);
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
    await using _engines = this.#engines;
    const healed = new Set<string>();
    while (true) {
      try {
        return (await this.#make(stage))!;
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
   * Makes a part of the shards of a stage, and neither its other files nor its
   * manifest. Any number of parts may be at work, also twice the same, on machines
   * that share the store.
   *
   * @throws {MissingArtifactError} If a stage that it reads is not complete.
   */
  async makePart<S extends Stage>(
    stage: S,
    part: Part,
  ): Promise<PartCounts & { complete: Opened<S> | undefined }> {
    await using _engines = this.#engines;
    const counts = { shards: 0, made: 0 };
    return { complete: await this.#make(stage, part, counts), ...counts };
  }

  /**
   * Completes a stage whose shards were made in parts: checks every byte of them, and
   * writes its other files and the manifest.
   *
   * @throws {MissingShardsError} If shards are not there, or were damaged and are removed.
   * @throws {MissingArtifactError} If a stage that it reads is not complete.
   */
  async seal<S extends Stage>(stage: S): Promise<Opened<S>> {
    await using _engines = this.#engines;
    return (await this.#make(stage, "seal"))!;
  }

  /**
   * Opens a stage as the run recorded it.
   *
   * @returns The stage, or `undefined` if it is not complete.
   * @throws {FormatError} If its manifest is damaged.
   */
  async find<S extends Stage>(stage: S): Promise<Opened<S> | undefined> {
    const { store, file } = this.parts;
    const found = await Artifact.find(store, file.works[stage.name]);
    return found && await this.#open(stage, found);
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

  /** Completes the stages that a stage reads and that were not completed yet, in the order in which it names them; of a shared stage, those it cannot do without must be complete. */
  async #inputs(
    stage: Stage,
    isShared = false,
  ): Promise<Record<string, Artifact | undefined>> {
    const inputs: Record<string, Artifact | undefined> = {};
    for (const { name, input, isOptional } of listInputs(stage)) {
      if (!isWanted(input, runFacts(this.parts))) continue;
      inputs[name] = this.#opened.get(input) ??
        (isOptional && await this.#isLeftOut(input)
          ? undefined
          : isShared && !isOptional
          ? await this.#open(input, await requireStage(this.parts, input))
          : await this.#make(input));
    }
    return inputs;
  }

  /** Names the work of a stage. */
  async #plan(stage: Stage, inputs: PlannedInputs) {
    const { parts } = this;
    const backboneDigest = () => requireDigest(parts);
    return await planStage(stage, { parts, inputs, backboneDigest });
  }

  /** Whether the photos are those that the stage listed last. */
  #keepsRecorded(stage: Stage): boolean {
    return this.parts.keepsIndex && listInputs(stage).length === 0;
  }

  /** Opens a complete stage for those that read it. */
  async #open<S extends Stage>(
    stage: S,
    artifact: Artifact,
  ): Promise<Opened<S>> {
    const view = await stage.open(artifact);
    return Object.assign(artifact, view) as unknown as Opened<S>;
  }

  /** Completes a stage for those that read it; its inputs need not be complete, unless `role` says that the work is shared. `counts` takes what a part did. */
  async #make<S extends Stage>(
    stage: S,
    role?: Role,
    counts?: PartCounts,
  ): Promise<Opened<S> | undefined> {
    const { parts } = this;
    const keepsRecorded = this.#keepsRecorded(stage);
    const found = keepsRecorded ? await this.find(stage) : undefined;
    if (found) {
      this.#opened.set(stage, found);
      return found;
    }
    // The tensors have the workers that the dataset index has started.
    using _workers = stage === TENSORS ? this.#pool.keep() : undefined;
    const inputs = await this.#inputs(stage, role !== undefined);
    const { work, config, photos } = await this.#plan(stage, inputs);
    if (keepsRecorded) await requireRecorded(parts.file, work, parts.store);
    const { file, settings, emit } = parts;
    const changes = await recordWork(parts, file, work, settings);
    if (changes.length > 0) emit({ type: "stale", stage: stage.name, changes });
    const run = runFacts(parts);
    const started = performance.now();
    const { context, settle } = await shareWork(parts, work, role, counts);
    const artifact = await settle(
      runStage(work, context, async (files) => {
        const { openDevices } = await import("./devices.ts");
        await using devices = openDevices(parts, stage.name, this.#engines);
        return await definitionOf(stage).make({
          ...context,
          ...devices,
          files,
          config,
          inputs: inputs as Record<string, Artifact>,
          run,
          photos,
          openPreprocessor: () => this.#pool.open(),
        });
      }),
    );
    if (artifact === undefined) return undefined;
    if (!artifact.skipped) {
      const milliseconds = Math.round(performance.now() - started);
      await recordTime(parts, file, work, {
        seconds: milliseconds / 1000,
        finishedAt: new Date().toISOString(),
      });
    }
    const opened = await this.#open(stage, artifact);
    await definitionOf(stage).checkUsable?.(opened, { ...parts, run, photos });
    this.#opened.set(stage, opened);
    return opened;
  }
}
