/** Data of the page. */

import type { EmbeddingAgreement } from "../../metrics/embedding_agreement.ts";
import type { StageTimes } from "../../artifact/fingerprint.ts";
import type { Config } from "../../config/config_type.ts";
import type { Rejection } from "../../dataset/image_record.ts";
import type { Split } from "../../dataset/split.ts";
import type { Evidence } from "../../evidence/activation_map.ts";
import type { EpochRecord } from "../../head/trainer.ts";
import type { Metrics } from "../../metrics/schema.ts";
import type { FindingGroup } from "../finding_groups.ts";
import type { PhotoSelection } from "../photo_selection.ts";

/** Photos with the maps of their classes. */
export interface EvidenceMaps {
  /** The photos. */
  items: readonly Evidence[];
  /** F32 `[n, 2, height, width]`: of each row the map of the predicted, then of the true class. */
  maps: Float32Array;
  /** Places of a map from top to bottom. */
  height: number;
  /** Places of a map from left to right. */
  width: number;
}

/** The backbone that was used. */
export interface BackboneFacts {
  /** Name of a preset, or path of a weight file. */
  name: string;
  description: string;
  variant: string;
  /** SHA-256 of the weight file, in hex. */
  digest: string;
  licence: string;
  /** Resize and normalization of the photos, in words. */
  preprocessing: string;
}

/** Numbers of photos. */
export interface PhotoCounts {
  /** By split, photos by label. */
  bySplit: Readonly<Record<Split, readonly number[]>>;
  rejected: number;
  /** The first of those that were left out, and why. */
  leftOut: readonly Rejection[];
}

/** Settings, backbone, versions and times of the run. */
export interface ReportFacts {
  config: Config;
  backbone: BackboneFacts;
  versions: Readonly<Record<string, string>>;
  engines: { embeddings: string; head: string };
  /** How embeddings agreed with those in F32, where the backbone was computed in another precision. */
  agreement?: EmbeddingAgreement & { checked: number } | undefined;
  /** Durations of stages, where they are known, in the order of the stages. */
  times?: StageTimes | undefined;
}

/** Pictures of photos. */
export interface Thumbnails {
  /** JPEGs of photos by their row in the dataset index. */
  thumbnails: ReadonlyMap<number, Uint8Array>;
  /** Side of a thumbnail, in pixels. */
  thumbnailSide: number;
}

/** All data of the page; photos without a thumbnail are left out. */
export interface ReportData extends Thumbnails {
  run: string;
  split: Split;
  metrics: Metrics;
  /** Side of the photos as the backbone saw them, in pixels. */
  imageSize: number;
  /** Backbone to take where the embedded one is likely the limit; `null` where it is not. */
  betterBackbone: string | null;
  history: readonly EpochRecord[];
  /** The split that the epochs were judged by; `null` without one. */
  heldOut: Split | null;
  /** The epoch with the lowest validation loss. */
  bestEpoch: number;
  /** The epoch whose weights are kept. */
  keptEpoch: number;
  selection: PhotoSelection;
  /** Photos with heatmaps; `undefined` if they were not computed. */
  evidence: EvidenceMaps | undefined;
  /** Possible faults of the data; `undefined` if they were not searched. */
  findings: readonly FindingGroup[] | undefined;
  photos: PhotoCounts;
  facts: ReportFacts;
}
