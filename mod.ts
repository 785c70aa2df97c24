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
 * Or stage by stage; a stage completes what it reads first:
 *
 * ```ts ignore
 * const run = await openRun(workspace, { run: "flowers" });
 * const tensors = await run.complete(TENSORS);
 * const { metrics } = await run.complete(EVALUATION);
 * const { page } = await run.complete(REPORT);
 * ```
 *
 * @module
 */

export * from "./pipeline/errors.ts";
export * from "./pipeline/shown_text.ts";
export { DiskError } from "./pipeline/artifact/disk.ts";
export { encodeCsv } from "./pipeline/artifact/csv_text.ts";
export type { Json } from "./pipeline/artifact/canonical_json.ts";
export { Artifact } from "./pipeline/artifact/artifact.ts";
export type { Work } from "./pipeline/artifact/fingerprint.ts";
export type * from "./pipeline/artifact/store.ts";
export type { Manifest, ManifestFile } from "./pipeline/artifact/manifest.ts";
export type { Damage } from "./pipeline/artifact/damage.ts";
export type { StageFiles } from "./pipeline/artifact/stage_files.ts";
export type { StageTime } from "./pipeline/artifact/fingerprint.ts";
export type {
  SafetensorsFile,
  Tensor,
} from "./pipeline/artifact/safetensors.ts";
export type * from "./pipeline/artifact/safetensors_header.ts";
export type { Range, Ranges } from "./pipeline/backbone/ranges.ts";
export type { Arithmetic } from "./pipeline/backbone/arithmetic.ts";
export type { VariantName } from "./pipeline/backbone/spec.ts";
export type * from "./pipeline/dataset/image_record.ts";
export type { ImageRecords } from "./pipeline/dataset/image_records.ts";
export { openNativeJpeg } from "./pipeline/image/native_jpeg.ts";
export type { TurboDecoder } from "./pipeline/image/jpeg_turbo.ts";
export type { RgbImage } from "./pipeline/image/rgb_image.ts";
export type { CropRule } from "./pipeline/image/crop.ts";
export type {
  Geometry,
  Interpolation,
  Normalization,
  OrientationMode,
  Preprocessing,
  ProfileName,
  ResizeMode,
} from "./pipeline/image/preprocessing.ts";
export type { BackendName } from "./pipeline/backends/backend.ts";
export type { BackendChoice } from "./pipeline/backends/open_backend.ts";
export {
  type BackendProbe as EngineProbe,
  examineEngines,
} from "./pipeline/backends/probe.ts";
export { PRESET_NAMES } from "./pipeline/backbone/presets.ts";
export {
  cacheDirectory,
  type Classifier as BackboneClassifier,
  DownloadError,
  type Environment,
  type WeightFormat,
} from "./pipeline/weights/mod.ts";
export type { SummaryRow } from "./pipeline/backbone/summary.ts";
export { checkSettings, decodeConfigFile } from "./pipeline/config/config.ts";
export type { Config, SettingName } from "./pipeline/config/config_type.ts";
export type { Kind, Setting, SettingTask } from "./pipeline/config/kinds.ts";
export { SETTINGS, type SettingsTable } from "./pipeline/config/settings.ts";
export { parseSplit, type Split } from "./pipeline/dataset/split.ts";
export type {
  Evidence,
  EvidenceReason,
} from "./pipeline/evidence/activation_map.ts";
export type * from "./pipeline/findings/finding.ts";
export type { SavedHead } from "./pipeline/head/checkpoint.ts";
export type { EmbeddingSource } from "./pipeline/head/embeddings_source.ts";
export type { HeadParameters, HeadShape } from "./pipeline/head/model.ts";
export type { EpochRecord } from "./pipeline/head/trainer.ts";
export type { Interval } from "./pipeline/metrics/binomial.ts";
export type * from "./pipeline/metrics/calibration.ts";
export type {
  ClassScores,
  Scores,
} from "./pipeline/metrics/classification_report.ts";
export type { Prediction, ScoredClass } from "./pipeline/metrics/prediction.ts";
export type { Ranking } from "./pipeline/metrics/ranking.ts";
export type * from "./pipeline/metrics/schema.ts";
export type { EvidenceMaps } from "./pipeline/report/page/data.ts";
export type * from "./pipeline/report/comparison/comparison.ts";
export type * from "./pipeline/classify/classification.ts";
export { Classifier } from "./pipeline/classify/classifier.ts";
export type { Heat } from "./pipeline/classify/heat.ts";
export * from "./pipeline/classify/list_photos.ts";
export {
  type ClassifierOptions,
  loadClassifier,
} from "./pipeline/classify/load_classifier.ts";
export type { Agreement } from "./pipeline/export/agreement.ts";
export type { ExportCheck, HalfCost } from "./pipeline/export/check.ts";
export {
  type ExportOptions,
  type ExportResult,
  exportRun,
} from "./pipeline/export/export_run.ts";
export type { ExportedFile } from "./pipeline/export/write_facts.ts";
export {
  EXPORT_FORMATS,
  type ExportFormatName,
} from "./pipeline/export/formats.ts";
export { type PackOptions, packRun } from "./pipeline/classify/pack_run.ts";
export type { Photo, PixelImage } from "./pipeline/classify/photo.ts";
export type { TrainedModel } from "./pipeline/classify/trained_model.ts";
export type { ClassMap } from "./pipeline/report/heatmap.ts";
export type { Log, LogEntry } from "./pipeline/serve/app_parts.ts";
export type { ServeLimits } from "./pipeline/serve/limits.ts";
export { serve } from "./pipeline/serve/serve.ts";
export type {
  RunningServer,
  ServeOptions,
} from "./pipeline/serve/serve_options.ts";
export {
  DATASET_INDEX,
  type DatasetIndex,
} from "./pipeline/stages/dataset_index.ts";
export { EMBEDDINGS, type Embeddings } from "./pipeline/stages/embeddings.ts";
export { EVALUATION, type Evaluation } from "./pipeline/stages/evaluation.ts";
export {
  simulate,
  type Simulation,
  type SimulationOptions,
} from "./pipeline/scaling/simulate.ts";
export {
  measureWork,
  type StageSize,
  type WorkSizeOptions,
} from "./pipeline/scaling/work_size.ts";
export type { StageEvent } from "./pipeline/shards/events.ts";
export { EVIDENCE, type EvidenceFiles } from "./pipeline/stages/evidence.ts";
export { FINDINGS, type Findings } from "./pipeline/stages/findings.ts";
export { HEAD, type TrainedHead } from "./pipeline/stages/head.ts";
export { REPORT, type Report } from "./pipeline/stages/report.ts";
export type { Opened, Optional, Stage } from "./pipeline/stages/stage.ts";
export { STAGES } from "./pipeline/stages/stages.ts";
export { TENSORS, type Tensors } from "./pipeline/stages/tensors.ts";
export type {
  PipelineContext,
  PipelineEvent,
  PipelineOptions,
} from "./pipeline/run/events.ts";
export type { WorkLockOptions } from "./pipeline/artifact/work_lock.ts";
export { type DiskProbe, probeDisk } from "./pipeline/run/workspace.ts";
export {
  evaluate,
  type EvaluateFindings,
  type EvaluateOptions,
  type EvaluateResult,
} from "./pipeline/run/evaluate.ts";
export {
  compare,
  type CompareOptions,
  type CompareResult,
} from "./pipeline/run/compare.ts";
export {
  type FetchedPreset,
  fetchPreset,
  requireFetchable,
} from "./pipeline/run/fetch_preset.ts";
export {
  type BrokenRun,
  listRuns,
  type RunSummary,
} from "./pipeline/run/list_runs.ts";
export { prepare, type PrepareResult } from "./pipeline/run/prepare.ts";
export { openRun, type RunOptions } from "./pipeline/run/open_run.ts";
export { embed, type EmbedResult } from "./pipeline/run/embed.ts";
export {
  makePart,
  type PartResult,
  type SealResult,
  sealStage,
  type ShareOptions,
} from "./pipeline/run/parts.ts";
export type { PartCounts } from "./pipeline/run/share_work.ts";
export {
  findPart,
  formatPart,
  isOfPart,
  parsePart,
  type Part,
  PART_VARIABLES,
  type Share,
} from "./pipeline/shards/part.ts";
export { Run } from "./pipeline/run/run.ts";
export {
  type PartProgress,
  readProgress,
  type StageProgress,
} from "./pipeline/run/progress.ts";
export type { PartNote } from "./pipeline/run/part_notes.ts";
export {
  type StageStatus,
  status,
  type StatusOptions,
} from "./pipeline/run/status.ts";
export {
  verify,
  type VerifyOptions,
  type VerifyResult,
} from "./pipeline/run/verify.ts";
export type { FileFault } from "./pipeline/artifact/verify_stage.ts";
export { findUnused, removeUnused } from "./pipeline/run/clean.ts";
export type { Unused } from "./pipeline/run/unused.ts";
export { summarize, type Summary } from "./pipeline/run/summary.ts";
export {
  train,
  type TrainOptions,
  type TrainResult,
} from "./pipeline/run/train.ts";
export {
  type OpenWorkspace,
  openWorkspace,
  type Workspace,
} from "./pipeline/run/workspace.ts";
export { readWorkspace } from "./pipeline/run/read_workspace.ts";
export { isLocation } from "./pipeline/s3/location.ts";
export {
  inspectWeights,
  listPresets,
  type NetworkReport,
  type PresetStatus,
  verifyPresets,
  type WeightsReport,
} from "./pipeline/run/weights.ts";
export { narrowWorkers } from "./pipeline/workers/permissions.ts";
