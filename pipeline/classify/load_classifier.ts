/** Loading the classifier of a run. */

import { withoutPool } from "../backbone/layers.ts";
import { type BackendChoice, openEmbedder } from "../backends/open_backend.ts";
import type { Embedder, EmbedderOptions } from "../backends/backend.ts";
import { openPool } from "../run/preprocess/pool.ts";
import type { PipelineOptions } from "../run/events.ts";
import { resumeRun } from "../run/open_run.ts";
import type { Run } from "../run/run.ts";
import type { Workspace } from "../run/workspace.ts";
import { Classifier } from "./classifier.ts";
import {
  readRunBackbone,
  readTrainedModel,
  type TrainedModel,
} from "./trained_model.ts";

/** Which classifier to load, and how. */
export interface ClassifierOptions
  extends Pick<PipelineOptions, "signal" | "onEvent" | "cache"> {
  /** Name of the run. @default {"default"} */
  run?: string | undefined;
  /** What runs the backbone. @default the setting of the run */
  engine?: BackendChoice | undefined;
  /**
   * What logits are divided by: `auto` takes the temperature that the evaluation
   * fitted, if there is one; `none` is 1.
   *
   * @default {"auto"}
   */
  temperature?: "auto" | "none" | number | undefined;
  /** Whether to say where a photo speaks for its class. @default {false} */
  heatmaps?: boolean | undefined;
}

/**
 * Chooses what logits are divided by.
 *
 * @param model The trained head, with the temperature of its evaluation.
 * @throws {RangeError} If it is not above 0.
 */
export function chooseTemperature(
  wanted: ClassifierOptions["temperature"],
  { temperature }: TrainedModel,
): number {
  if (wanted === "none") return 1;
  if (wanted === undefined || wanted === "auto") return temperature ?? 1;
  if (Number.isFinite(wanted) && wanted > 0) return wanted;
  throw new RangeError(
    `Cannot divide logits by a temperature that is not above 0: current value is ${wanted}`,
  );
}

/** Opens the backbone of a run with the preprocessing of its trained head. */
export async function openBackbone(
  run: Run,
  model: TrainedModel,
  options: Pick<ClassifierOptions, "engine" | "heatmaps"> & EmbedderOptions,
): Promise<Embedder> {
  const { parts } = run;
  const { engine, heatmaps, batchSize, mayBlock } = options;
  const read = async () => {
    const network = await readRunBackbone(run, model);
    const graph = heatmaps ? withoutPool(network.graph) : network.graph;
    return { ...network, graph };
  };
  const choice = engine ?? parts.file.config.engine;
  const { opened, notes } = await openEmbedder(
    choice,
    { ...model.arithmetic, read },
    { batchSize, mayBlock },
  );
  const { name, description } = opened;
  const stage = "classifier";
  parts.emit({ type: "engine", stage, name, description, notes });
  return opened;
}

/**
 * Loads the classifier of a run that is trained.
 *
 * Preprocessing, classes, backbone and temperature are those of the trained head,
 * whatever the settings of the run are now.
 *
 * @example Usage
 * ```ts ignore
 * const workspace = readWorkspace(".headstart");
 * await using classifier = await loadClassifier(workspace, { run: "flowers" });
 * const { top } = await classifier.classify("tulip.jpg", { topK: 3 });
 * ```
 *
 * @param workspace The work directory; nothing is written.
 * @returns The classifier; dispose of it with `await using` or `using`.
 * @throws {MissingArtifactError} If there is no such run, or it is not trained to its end.
 * @throws {ConfigError} If the weights of the backbone are gone.
 * @throws {DigestMismatchError} If they are not those that the head was trained on.
 * @throws {BackendUnavailableError} If no engine runs the backbone.
 */
export async function loadClassifier(
  workspace: Workspace,
  options: ClassifierOptions = {},
): Promise<Classifier> {
  const { signal, onEvent, cache, run: name } = options;
  const context = { run: name, signal, onEvent, cache };
  const run = await resumeRun(workspace, { ...context, keepsWeights: true });
  const model = await readTrainedModel(run);
  const temperature = chooseTemperature(options.temperature, model);
  const { engine, heatmaps = false } = options;
  signal?.throwIfAborted();
  const embedder = await openBackbone(run, model, { engine, heatmaps });
  return new Classifier({
    model,
    embedder,
    preprocessor: openPool(model.preprocessing.geometry),
    temperature,
    heatmaps,
  });
}
