/**
 * Headstart: from a folder of photos to an evaluated classifier on a frozen
 * ResNet-101.
 *
 * Importing this module does nothing; nothing here prints. Progress comes as
 * events, and an `AbortSignal` stops after the shard or epoch at hand.
 *
 * Three functions do what the three tasks do:
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
 * Or stage by stage:
 *
 * ```ts ignore
 * const session = await openSession(workspace, { run: "flowers" });
 * const index = await completeIndex(session);
 * const tensors = await completeTensors(session, index);
 * const embeddings = await completeEmbeddings(session, tensors);
 * const head = await completeHead(session, index, embeddings);
 * const inputs = { index, tensors, embeddings, head };
 * const evaluation = await completeEvaluation(session, inputs);
 * const findings = await completeFindings(session, inputs);
 * const evidence = await completeEvidence(session, { ...inputs, evaluation });
 * const stages = { ...inputs, evaluation, findings, evidence };
 * await completeReport(session, stages);
 * ```
 *
 * @module
 */

export * from "./pipeline/errors.ts";
export type { Json } from "./pipeline/artifact/canonical_json.ts";
export type { StageName, Work } from "./pipeline/artifact/fingerprint.ts";
export type {
  Content,
  FileEntry,
  ReadableStore,
  Store,
} from "./pipeline/artifact/store.ts";
export type { Manifest, ManifestFile } from "./pipeline/artifact/manifest.ts";
export type { Damage } from "./pipeline/artifact/damage.ts";
export type { StageFiles } from "./pipeline/artifact/stage_files.ts";
export type { StageTime, StageTimes } from "./pipeline/artifact/stage_time.ts";
export type {
  SafetensorsFile,
  Tensor,
} from "./pipeline/artifact/safetensors.ts";
export type { Dtype } from "./pipeline/artifact/safetensors_header.ts";
export { decodeSealed } from "./pipeline/artifact/shard.ts";
export type { VariantName } from "./pipeline/backbone/spec.ts";
export type {
  ImageRecord,
  Rejection,
} from "./pipeline/dataset/image_record.ts";
export type { ImageRecords } from "./pipeline/dataset/image_records.ts";
export type {
  Geometry,
  Interpolation,
  Normalization,
  OrientationMode,
  Preprocessing,
  ProfileName,
  ResizeMode,
} from "./pipeline/image/preprocessing.ts";
export type { EngineName } from "./pipeline/backbone/engine.ts";
export { examineEngines } from "./pipeline/backbone/engines/examine.ts";
export type { EngineProbe } from "./pipeline/backbone/engines/probe.ts";
export { PRESET_NAMES } from "./pipeline/backbone/presets.ts";
export {
  cacheDirectory,
  type Environment,
} from "./pipeline/backbone/weights/cache_directory.ts";
export { DownloadError } from "./pipeline/backbone/weights/download_error.ts";
export type { Classifier } from "./pipeline/backbone/weights/read_resnet.ts";
export type {
  WeightFile,
  WeightFormat,
} from "./pipeline/backbone/weights/weight_file.ts";
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
export type {
  Evidence,
  EvidenceReason,
  MapMethod,
} from "./pipeline/evidence/evidence.ts";
export {
  type Finding,
  FINDING_KINDS,
  type FindingKind,
  type FindingPhoto,
} from "./pipeline/findings/finding.ts";
export type { EpochRecord } from "./pipeline/head/trainer.ts";
export type { Interval } from "./pipeline/metrics/bootstrap.ts";
export type {
  CalibrationBin,
  CalibrationScores,
} from "./pipeline/metrics/calibration.ts";
export type {
  ClassScores,
  Scores,
} from "./pipeline/metrics/classification_report.ts";
export type { Ranking } from "./pipeline/metrics/ranking.ts";
export type {
  Calibration,
  Intervals,
  MeanRanking,
  Metrics,
  NamedClassScores,
  NamedPair,
} from "./pipeline/metrics/schema.ts";
export type {
  ChangedPhoto,
  ChangedPhotos,
  ChangeKind,
  ClassChange,
  ComparedPair,
  ComparedRun,
  Comparison,
  Judgement,
  RunScores,
  SettingDifference,
} from "./pipeline/report/comparison/comparison.ts";
export type { StageContext, StageEvent } from "./pipeline/stages/context.ts";
export type { EmbeddingsResult } from "./pipeline/stages/embeddings.ts";
export type { DatasetIndex } from "./pipeline/stages/read_index.ts";
export type { StageResult } from "./pipeline/stages/run_stage.ts";
export type { TensorsResult } from "./pipeline/stages/tensors.ts";
export type {
  BackboneFile,
  FoundNetwork,
} from "./pipeline/workflow/backbone.ts";
export type { KnownBackbone, RunFile } from "./pipeline/workflow/run_file.ts";
export type {
  PipelineContext,
  PipelineEvent,
  PipelineOptions,
} from "./pipeline/workflow/context.ts";
export { completeEmbeddings } from "./pipeline/workflow/complete_embeddings.ts";
export {
  completeEvaluation,
  type EvaluationInputs,
  type EvaluationResult,
} from "./pipeline/workflow/complete_evaluation.ts";
export {
  completeEvidence,
  type EvidenceInputs,
} from "./pipeline/workflow/complete_evidence.ts";
export {
  completeFindings,
  type FindingsInputs,
  type FindingsResult,
} from "./pipeline/workflow/complete_findings.ts";
export {
  completeHead,
  type HeadResult,
} from "./pipeline/workflow/complete_head.ts";
export {
  completeIndex,
  type IndexResult,
  requireIndex,
} from "./pipeline/workflow/complete_index.ts";
export { completeTensors } from "./pipeline/workflow/complete_tensors.ts";
export {
  completeReport,
  type ReportStages,
} from "./pipeline/workflow/complete_report.ts";
export { type DiskProbe, probeDisk } from "./pipeline/workflow/disk.ts";
export {
  evaluate,
  type EvaluateFindings,
  type EvaluateOptions,
  type EvaluateResult,
} from "./pipeline/workflow/evaluate.ts";
export {
  compare,
  type CompareOptions,
  type CompareResult,
} from "./pipeline/workflow/compare.ts";
export {
  type FetchedPreset,
  fetchPreset,
} from "./pipeline/workflow/fetch_preset.ts";
export { healing } from "./pipeline/workflow/heal.ts";
export { prepare, type PrepareResult } from "./pipeline/workflow/prepare.ts";
export {
  openSession,
  resumeSession,
  type Session,
  type SessionOptions,
} from "./pipeline/workflow/session.ts";
export {
  type StageStatus,
  status,
  type StatusOptions,
} from "./pipeline/workflow/status.ts";
export { summarize, type Summary } from "./pipeline/workflow/summary.ts";
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
export {
  inspectWeights,
  listPresets,
  type NetworkReport,
  type PresetStatus,
  verifyPresets,
  type WeightsReport,
} from "./pipeline/workflow/weights.ts";
