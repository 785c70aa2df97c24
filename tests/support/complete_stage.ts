/**
 * Completing one stage in memory, on inputs and devices that a test makes up.
 *
 * @module
 */

import { Artifact } from "../../pipeline/artifact/artifact.ts";
import { StageFiles } from "../../pipeline/artifact/stage_files.ts";
import { defaultConfig } from "../../pipeline/config/config.ts";
import type { Config } from "../../pipeline/config/config_type.ts";
import type { Split } from "../../pipeline/dataset/split.ts";
import { resolvePreprocessing } from "../../pipeline/image/preprocessing.ts";
import { runStage } from "../../pipeline/run/run_stage.ts";
import type {
  Devices,
  Photos,
  RunFacts,
} from "../../pipeline/stages/outside.ts";
import {
  definitionOf,
  type Job,
  type Opened,
  type Stage,
  type WorkConfig,
} from "../../pipeline/stages/stage.ts";
import { MemoryStore } from "./memory_store.ts";
import { testContext } from "./stage_context.ts";

/** What surrounds the stage; what is left out fails the test that needs it. */
export interface TestOutside extends Partial<Devices> {
  /** The stages it reads, complete. */
  inputs?: Record<string, Artifact | undefined>;
  /** Settings that differ from the defaults. */
  config?: Partial<Config>;
  /** Facts of the run that differ from those of an empty one. */
  run?: Partial<RunFacts>;
  /** The split that is asked for. */
  split?: Split;
  /** The photos. */
  photos?: Photos;
  /** What makes squares of them. */
  openPreprocessor?: Job["openPreprocessor"];
  /** What decides the bytes, in place of what the stage says. */
  decides?: WorkConfig;
}

/** Fails a test that asks for something it did not bring. */
function missing(what: string): () => never {
  return () => {
    throw new Error(`The test has no ${what}`);
  };
}

/** The facts of a run without anything special. */
export function testRun(config: Partial<Config> = {}): RunFacts {
  return {
    name: "default",
    config: { ...defaultConfig(), ...config },
    preprocessing: resolvePreprocessing("seed", {
      imageSize: 32,
      orientation: "ignore",
    }),
    backbone: {
      name: "tiny",
      digest: "00".repeat(32),
      variant: "torchvision",
      isHere: true,
    },
    times: {},
    versions: { headstart: "0.1.0" },
  };
}

/**
 * Makes up a complete stage.
 *
 * @param view What others read of it.
 * @param options Its counts and the settings that made it.
 * @returns The stage; it has no files.
 */
export async function testInput<View extends object>(
  view: View,
  options: { counts?: Record<string, number>; config?: WorkConfig } = {},
): Promise<Artifact & View> {
  const { counts = {}, config = {} } = options;
  const work = { stage: "test", version: 1, config, inputs: {} };
  const files = await StageFiles.open(new MemoryStore(), work);
  const { fingerprint } = files;
  const manifest = { format: 1, fingerprint, work, files: [], counts } as const;
  return Object.assign(new Artifact(files, { ...manifest, files: [] }), view);
}

/**
 * Completes a stage.
 *
 * @param stage The stage.
 * @param outside What surrounds it.
 * @param context The work directory and the listener.
 * @returns The complete stage.
 */
export async function completeStage<S extends Stage>(
  stage: S,
  outside: TestOutside = {},
  context = testContext(),
): Promise<Opened<S>> {
  const { inputs = {}, split } = outside;
  const run = { ...testRun(outside.config), ...outside.run };
  const photos = outside.photos ?? {
    open: missing("photos"),
    list: missing("photos"),
  };
  const facts = { run, split, inputs, photos };
  const backboneDigest = () => Promise.resolve(run.backbone.digest!);
  const planning = { ...facts, backboneDigest };
  const definition = definitionOf(stage);
  const digests = await definition.digests?.(planning) ?? {};
  const config = outside.decides ?? await definition.config(planning);
  const { name, version } = stage;
  const work = { stage: name, version, config, inputs: digests };
  const artifact = await runStage(work, context, (files) =>
    definition.make({
      ...context,
      openPreprocessor: outside.openPreprocessor ?? missing("preprocessor"),
      openBackbone: outside.openBackbone ?? missing("backbone"),
      handOn: outside.handOn ?? (() => {}),
      openCompute: outside.openCompute ?? missing("compute"),
      readLastHead: outside.readLastHead ?? (() => Promise.resolve(undefined)),
      checkDevices: outside.checkDevices ?? (() => {}),
      files,
      config,
      inputs,
      run,
      photos,
    }));
  if (artifact === undefined) throw new Error("The test has made a part only");
  const opened = Object.assign(artifact, await stage.open(artifact));
  await definition.checkUsable?.(opened, { ...context, run, photos });
  return opened as unknown as Opened<S>;
}
