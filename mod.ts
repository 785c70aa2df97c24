/**
 * Headstart: from a folder of photos to an evaluated classifier on a frozen
 * ResNet-101.
 *
 * Importing this module does nothing; nothing here prints. Progress comes as
 * events, and an `AbortSignal` stops after the shard or epoch at hand.
 *
 * ```ts ignore
 * import { evaluate, openWorkspace, prepare, train } from "./mod.ts";
 *
 * using workspace = await openWorkspace(".headstart");
 * await prepare(workspace, { settings: { data: "/data/flowers" } });
 * await train(workspace, { settings: { epochs: 60 } });
 * const { metrics } = await evaluate(workspace);
 * ```
 *
 * @module
 */

export * from "./pipeline/errors.ts";
export type { Json } from "./pipeline/artifact/canonical_json.ts";
export type { StageName, Work } from "./pipeline/artifact/fingerprint.ts";
export type {
  FileEntry,
  ReadableStore,
  Store,
} from "./pipeline/artifact/store.ts";
export type { EngineName } from "./pipeline/backbone/engine.ts";
export {
  type EngineProbe,
  probeEngines,
} from "./pipeline/backbone/engines/select.ts";
export { PRESET_NAMES } from "./pipeline/backbone/presets.ts";
export type { SummaryRow } from "./pipeline/backbone/summary.ts";
export {
  checkSettings,
  decodeConfigFile,
  defaultConfig,
} from "./pipeline/config/config.ts";
export type { Checker, Kind } from "./pipeline/config/kinds.ts";
export type { Config, SettingName } from "./pipeline/config/config_type.ts";
export {
  type Setting,
  SETTING_NAMES,
  SETTINGS,
  type SettingsTable,
  type SettingTask,
} from "./pipeline/config/settings.ts";
export { parseSplit, type Split } from "./pipeline/dataset/split.ts";
export type { EpochRecord } from "./pipeline/head/trainer.ts";
export type {
  ClassScores,
  Scores,
} from "./pipeline/metrics/classification_report.ts";
export type { Metrics, NamedClassScores } from "./pipeline/metrics/metrics.ts";
export type { StageEvent } from "./pipeline/stages/context.ts";
export type {
  PipelineEvent,
  PipelineOptions,
} from "./pipeline/workflow/context.ts";
export {
  prepare,
  type PrepareOptions,
  type PrepareResult,
} from "./pipeline/workflow/prepare.ts";
export {
  type StageStatus,
  status,
  type StatusOptions,
} from "./pipeline/workflow/status.ts";
export { summarize, type Summary } from "./pipeline/workflow/summary.ts";
export {
  evaluate,
  type EvaluateOptions,
  type EvaluationResult,
} from "./pipeline/workflow/evaluate.ts";
export {
  train,
  type TrainOptions,
  type TrainResult,
} from "./pipeline/workflow/train.ts";
export {
  type OpenWorkspace,
  openWorkspace,
  readWorkspace,
  type Workspace,
} from "./pipeline/workflow/workspace.ts";
