/**
 * What a stage is: one value that says what it reads, what decides its bytes, how
 * it makes its files, and how others read them.
 *
 * This is a build system with a fixed graph; in the words of Mokhov et al. 2018,
 * "Build systems à la carte", a stage is a task, the work directory the store, and
 * fingerprints are verifying traces.
 */

import type { Artifact } from "../artifact/artifact.ts";
import type { Work } from "../artifact/fingerprint.ts";
import type { Manifest, ManifestFile } from "../artifact/manifest.ts";
import type { StageFiles } from "../artifact/stage_files.ts";
import type { Split } from "../dataset/split.ts";
import type { StageContext } from "../shards/events.ts";
import type { Preprocessor } from "../image/preprocessor.ts";
import type { Devices, Photos, RunFacts } from "./outside.ts";

/** The settings that decide the bytes of a stage, as JSON keeps them. */
export type WorkConfig = Work["config"];

/** A stage, without what only the runner uses; {@linkcode defineStage} makes one. */
export interface Stage<
  Name extends string = string,
  View extends object = object,
> {
  /** Its name, which begins the name of its folder: lower-case words with dashes. */
  readonly name: Name;
  /** Version of its files. Raise it when the same inputs give other bytes. */
  readonly version: number;
  /** The task that completes it, for advice. */
  readonly task: string;
  /** Returns how others read its files; what is read here is checked before any stage depends on it. */
  open(artifact: Artifact): View | Promise<View>;
}

/** A stage that is read if it can be completed, and otherwise left out. */
export interface Optional<S> {
  /** The stage. */
  readonly optional: S;
}

/** The stages that a stage reads, by the names it gives them. */
type StageInputs = Readonly<Record<string, Stage | Optional<Stage>>>;

/** A complete stage with what its {@linkcode Stage.open} returns. */
export type Opened<S> = S extends Optional<infer T> ? Opened<T> | undefined
  : S extends Stage<infer _Name, infer View> ? Artifact & View
  : never;

/** A stage that is planned, and perhaps not complete. */
export interface Planned {
  readonly files: StageFiles;
  /** Its manifest, if it is complete. */
  readonly manifest: Manifest | undefined;
}

/** Facts that a stage plans its work by; reading them computes nothing. */
export interface Facts<Inputs = StageInputs> {
  readonly run: RunFacts;
  /** The split to evaluate on, if one was named. */
  readonly split: Split | undefined;
  /** The stages it reads; an optional one that is left out is `undefined`. */
  readonly inputs: {
    readonly [Name in keyof Inputs]: Inputs[Name] extends Optional<Stage>
      ? Planned | undefined
      : Planned;
  };
  /** The photos as they are now. */
  readonly photos: Photos;
  /** Returns the SHA-256 of the weight file; empty if it is unknown and nothing is to be fetched. */
  backboneDigest(): Promise<string>;
}

/** Everything that a stage needs to make its files. */
export interface Job<Inputs = StageInputs, Config = WorkConfig>
  extends StageContext, Devices {
  readonly files: StageFiles;
  /** What {@linkcode StageDefinition.config} returned. */
  readonly config: Config;
  /** The stages it reads, complete. */
  readonly inputs: { readonly [Name in keyof Inputs]: Opened<Inputs[Name]> };
  readonly run: RunFacts;
  readonly photos: Photos;
  /** Opens what makes square images of the photos, as the run has them; its threads are those of an earlier stage, if they still live. */
  openPreprocessor(): Preprocessor | Promise<Preprocessor>;
}

/** The result of making a stage, for the manifest. */
export interface Made {
  /** The files, in the order they were planned. */
  files: ManifestFile[];
  /** Totals for later stages and people. */
  counts: Record<string, number>;
  /** Counts of the work of this task alone, such as photos embedded; not part of the manifest. */
  tally?: Record<string, number>;
  /** Paths of files, relative to the work directory, that the complete stage makes superfluous; they are removed. */
  superfluous?: readonly string[];
}

/** Facts by which a stage counts its units of work for an unfinished run. */
export interface Look {
  readonly run: RunFacts;
  /** The work that the run recorded of the stage, if it was begun. */
  readonly work: Work | undefined;
  /** Opens a stage as the run recorded it, if it is complete. */
  find<S extends Stage>(stage: S): Promise<Opened<S> | undefined>;
  /** Returns the number of units that another stage has to make. */
  countWanted(stage: Stage): Promise<number>;
}

/** What a stage is compared with before it is used. */
export interface UseCheck
  extends Pick<StageContext, "verify" | "signal" | "emit"> {
  readonly run: RunFacts;
  readonly photos: Photos;
}

/** The definition of a stage. */
interface StageDefinition<
  Name extends string,
  Inputs,
  Config,
  View extends object,
> extends Stage<Name, View> {
  /** The stages it reads. */
  readonly inputs: Inputs;
  /** Whether several tasks may make it together, a part of its shards each. @default {false} */
  readonly isShared?: boolean;
  /** Returns the settings that decide its bytes: JSON, part of the fingerprint. */
  config(facts: Facts<Inputs>): Config | Promise<Config>;
  /** Returns the digests of what it reads. @default the fingerprints of its inputs */
  digests?(
    facts: Facts<Inputs>,
  ): Record<string, string> | Promise<Record<string, string>>;
  /** Writes the files that are missing; an interrupted run may have left some. Returns `undefined` if it has made a part only. */
  make(job: Job<Inputs, Config>): Promise<Made | undefined>;
  /** Throws if the run cannot use the stage though it is complete. */
  checkUsable?(opened: Artifact & View, check: UseCheck): Promise<void>;
  /** Returns whether a run has a use for it; one without is not told of it. @default {true} */
  isWanted?(run: RunFacts): boolean;
  /** Says why it cannot be made; a stage that reads it as optional then goes on without it. */
  obstacle?(run: RunFacts): string | undefined;
  /** Says what changed between recorded and wanted work. @default every difference */
  explain?(before: Work, now: Work): string[];
  /** Returns the number of units to make (shards, epochs), for the status of an unfinished stage; 0 if not known. @default {0} */
  countWanted?(look: Look): number | Promise<number>;
  /** Counts the units that are made. @default shards, or files if there are no shards */
  countDone?(files: StageFiles): Promise<number>;
}

/** A stage of any inputs. */
// deno-lint-ignore no-explicit-any
type AnyStage = StageDefinition<string, any, WorkConfig, object>;

/** Defines a stage. */
export function defineStage<
  const Name extends string,
  const Inputs extends StageInputs,
  Config extends WorkConfig,
  View extends object,
>(definition: StageDefinition<Name, Inputs, Config, View>): Stage<Name, View> {
  return definition;
}

/** Returns the whole definition of a stage. */
export function definitionOf(stage: Stage): AnyStage {
  return stage as AnyStage;
}

/** Returns whether a run has a use for a stage. */
export function isWanted(stage: Stage, run: RunFacts): boolean {
  return definitionOf(stage).isWanted?.(run) ?? true;
}

/** Marks an input that a stage does without where it cannot be made. */
export function optional<S extends Stage>(stage: S): Optional<S> {
  return { optional: stage };
}

/** Lists the stages that a stage reads. */
export function listInputs(
  stage: Stage,
): { name: string; input: Stage; isOptional: boolean }[] {
  const inputs: StageInputs = definitionOf(stage).inputs;
  return Object.entries(inputs).map(([name, input]) =>
    "optional" in input
      ? { name, input: input.optional, isOptional: true }
      : { name, input, isOptional: false }
  );
}
