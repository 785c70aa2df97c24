/** Choosing the precision of a run whose setting is `auto`. */

import { rangeNames, type Ranges } from "../backbone/ranges.ts";
import type { Embedder } from "../backends/backend.ts";
import type { Config } from "../config/config_type.ts";
import { ConfigError } from "../errors.ts";
import { CALIBRATION } from "../stages/calibration.ts";
import { BackboneEngines } from "./backbone_engines.ts";
import type { PipelineEvent } from "./events.ts";
import { resumeRun, type RunOptions } from "./open_run.ts";
import { Run } from "./run.ts";
import type { Workspace } from "./workspace.ts";

/** Name of the work, for events. */
const STAGE = "precision";

/** How many times as fast 8 bits must be; less is not worth another embedding. */
const LEAST_SPEED = 1.5;

/** Rounds in which both are measured, by turns. */
const ROUNDS = 5;

/** What was chosen, and why. */
interface Choice {
  precision: "float32" | "int8";
  reason: string;
}

/** Measures how long an engine takes for a batch of grey images, in milliseconds. */
async function timeBatch(engine: Embedder, images: Uint8Array) {
  const started = performance.now();
  const count = engine.batchSize;
  await engine.embed(images, { count, views: ["plain"] });
  return performance.now() - started;
}

/**
 * Measures how many times as fast a backbone is in 8 bits: the median of rounds.
 *
 * @returns The ratio; the name of the engine if it is not one that computes in 8 bits.
 */
async function measureSpeed({ parts }: Run): Promise<number | string> {
  await using engines = new BackboneEngines(parts);
  const { openDevices } = await import("./devices.ts");
  await using devices = openDevices(parts, STAGE, engines);
  let ranges: Ranges = {};
  const exact = await devices.openBackbone({
    change: (graph) => {
      // Any will do: integers take as long whatever they stand for.
      ranges = Object.fromEntries(
        rangeNames(graph).map((name) => [name, [0, 8]]),
      );
      return graph;
    },
    keepsWeights: true,
  });
  if (exact.name !== "cpu") return exact.name;
  const quantized = await devices.openBackbone({ arithmetic: { ranges } });
  const { imageSize } = parts.preprocessing.geometry;
  const images = new Uint8Array(exact.batchSize * imageSize ** 2 * 3).fill(128);
  const ratios: number[] = [];
  // The first round is no measure: buffers are allocated in it.
  for (let round = 0; round <= ROUNDS; round++) {
    parts.signal.throwIfAborted();
    const before = await timeBatch(exact, images);
    const ratio = before / await timeBatch(quantized, images);
    if (round > 0) ratios.push(ratio);
  }
  return ratios.sort((a, b) => a - b)[ROUNDS >> 1]!;
}

/** Chooses between both, given what opens the run with one of them. */
async function choose(
  { engine }: Config,
  open: (precision: "int8") => Promise<Run>,
): Promise<Choice> {
  const float32 = (reason: string) =>
    ({ precision: "float32", reason }) as const;
  if (engine !== "auto" && engine !== "cpu") {
    return float32(`the engine is ${engine}`);
  }
  const { parts } = await open("int8");
  // Not recorded before it is chosen: a task that is killed meanwhile chooses again.
  const settings = { ...parts.settings, precision: "auto" } as const;
  const quantized = new Run({ ...parts, settings });
  const speed = await measureSpeed(quantized);
  if (typeof speed === "string") return float32(`the engine is ${speed}`);
  const reason = `int8 is ${speed.toFixed(1)} times as fast here`;
  if (speed < LEAST_SPEED) return float32(reason);
  try {
    await quantized.complete(CALIBRATION);
    return { precision: "int8", reason };
  } catch (error) {
    if (error instanceof ConfigError) return float32(error.message);
    throw error;
  }
}

/**
 * Chooses the precision of a run if that is `auto`: `int8` if it is clearly faster on
 * this machine and embeddings stay alike. The choice is told, and becomes the
 * setting of the run.
 *
 * @param run The run, as `options` open it.
 * @throws {MissingArtifactError} If the run was not prepared.
 */
export async function choosePrecision(
  run: Run,
  workspace: Workspace,
  options: RunOptions,
): Promise<Run> {
  if (run.config.precision !== "auto") return run;
  run.parts.backbone.release?.();
  const open = (precision: Choice["precision"]) => {
    const settings = { ...options.settings, precision };
    const onEvent = (event: PipelineEvent) => {
      // It was told when the run was opened first.
      if (event.type !== "backbone") options.onEvent?.(event);
    };
    return resumeRun(workspace, { ...options, settings, onEvent });
  };
  const choice = await choose(run.config, open);
  run.parts.emit({ type: "precision", ...choice });
  return await open(choice.precision);
}
