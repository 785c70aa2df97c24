/**
 * What a task hands to the pipeline, the events it gets back, and what a run is made
 * of.
 */

import type { Store } from "../artifact/store.ts";
import type { Config } from "../config/config_type.ts";
import type { Split } from "../dataset/split.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import type { BackboneFile } from "./backbone.ts";
import type { RunFile } from "./run_format.ts";
import type { StageEvent } from "../shards/events.ts";

/** Something a person may want to know while a task runs. */
export type PipelineEvent =
  | StageEvent
  | {
    /** A stage is made again, as something that it depends on has changed. */
    type: "stale";
    stage: string;
    /** Changes, a line each. */
    changes: string[];
  }
  | {
    /** An engine was chosen and started. */
    type: "engine";
    /** The stage that it works for. */
    stage: string;
    name: string;
    /** The device it runs on. */
    description: string;
    /** Why preferred engines were not taken. */
    notes: string[];
  }
  | {
    /** The precision of a run was chosen, as its setting is `auto`. */
    type: "precision";
    /** What was chosen. */
    precision: "float32" | "int8";
    /** Why. */
    reason: string;
  }
  | {
    /** A weight file was recognized. */
    type: "backbone";
    /** Path of the file. */
    name: string;
    /** The network, such as `ResNet-101`. */
    network: string;
    /** Channels of the stem, 64 in the published ones. */
    width: number;
    /** The families whose names the tensors have. */
    naming: string;
    /** Number of tensors that are not used. */
    unused: number;
    /** Variant of the graph. */
    variant: string;
    /** Preprocessing where none is given. */
    profile: string;
  }
  | {
    /** The weights of a preset are being fetched. */
    type: "fetch";
    /** Name of the preset. */
    name: string;
    /** Address of the file. */
    url: string;
    /** Bytes that are here. */
    receivedBytes: number;
    /** Bytes in all, or `undefined` where the server does not say. */
    totalBytes: number | undefined;
  }
  | {
    /** Something holds up the fetching of a preset. */
    type: "fetch-note";
    /** Name of the preset. */
    name: string;
    /** What it is, as a sentence without a period. */
    message: string;
  };

/** Options of a task. */
export interface PipelineOptions {
  /** Stops the pipeline after the current shard or epoch. */
  signal?: AbortSignal | undefined;
  /** Called for every event. */
  onEvent?: ((event: PipelineEvent) => void) | undefined;
  /**
   * Whether to read every byte of what is complete, to make damaged files again.
   *
   * @default {false}
   */
  verify?: boolean | undefined;
  /**
   * Whether to wait while another task makes a stage; otherwise that is an error.
   *
   * @default {true}
   */
  waits?: boolean | undefined;
  /** Absolute path of the folder of presets that were fetched; without it none is fetched. */
  cache?: string | undefined;
  /**
   * Whether libjpeg-turbo of the system decodes JPEGs, to the same pixels in half the
   * time. Workers then need the permission to load native code.
   *
   * @default {false}
   */
  nativeJpeg?: boolean | undefined;
}

/** The pipeline's side of {@linkcode PipelineOptions}: nothing is optional. */
export interface PipelineContext {
  /** The work directory. */
  store: Store;
  /** Stops the pipeline after the current shard or epoch. */
  signal: AbortSignal;
  /** Called for every event. */
  emit: (event: PipelineEvent) => void;
  /** Whether to read every byte of what is complete. */
  verify: boolean;
  /** Whether to wait while another task makes a stage. */
  waits: boolean;
  /** Absolute path of the folder of presets that were fetched. */
  cache: string | undefined;
  /** Whether libjpeg-turbo of the system decodes JPEGs. */
  nativeJpeg: boolean;
}

/** Completes the options of a task. */
export function pipelineContext(
  store: Store,
  options: PipelineOptions,
): PipelineContext {
  const { signal = new AbortController().signal, onEvent = () => {} } = options;
  const { verify = false, waits = true, cache, nativeJpeg = false } = options;
  return { store, signal, emit: onEvent, verify, waits, cache, nativeJpeg };
}

/** Settings, backbone and context of a run. */
export interface RunParts extends PipelineContext {
  file: RunFile;
  backbone: BackboneFile;
  /** Resize and normalization of the photos. */
  preprocessing: Preprocessing;
  /** The settings that replaced those of the run file. */
  settings: Partial<Config>;
  /** The split to evaluate on, if one is asked for. */
  split: Split | undefined;
  /** Whether the photos are those that were indexed last, even if they have changed since. */
  keepsIndex: boolean;
}
