/**
 * What stages get from outside, as interfaces: the run, its photos, and devices.
 */

import type { StageTimes } from "../artifact/fingerprint.ts";
import type { Compute, Embedder } from "../backends/backend.ts";
import type { KnownRows } from "../backends/known_rows.ts";
import type { Backbone } from "../backbone/fold.ts";
import type { Graph } from "../backbone/layers.ts";
import type { VariantName } from "../backbone/spec.ts";
import type { Config } from "../config/config_type.ts";
import type { SavedHead } from "../head/checkpoint.ts";
import type { DatasetSource } from "../dataset/dataset_source.ts";
import type { Listing } from "../dataset/listing.ts";
import type { Preprocessing } from "../image/preprocessing.ts";

/** Facts of the run that a stage may read. */
export interface RunFacts {
  readonly name: string;
  readonly config: Config;
  /** Resize and normalization of the photos. */
  readonly preprocessing: Preprocessing;
  readonly backbone: BackboneIdentity;
  /** How long its stages took, in the order of the stages. */
  readonly times: StageTimes;
  /** Versions of the program and of the packages that decide numbers and pixels. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Facts of a backbone that are known without reading its weights. */
interface BackboneIdentity {
  /** Name of a preset, or path of a weight file. */
  readonly name: string;
  /** SHA-256 of the weight file, in hex; `null` for a preset that was never fetched. */
  readonly digest: string | null;
  readonly variant: VariantName;
  readonly isHere: boolean;
}

/** The photos of a run, as they are now. */
export interface Photos {
  /** Opens the folder that holds them. */
  open(): Promise<DatasetSource>;
  /** Lists them, once. */
  list(): Promise<Listing>;
}

/** The part of {@linkcode Compute} that a stage may use; the runner checks and closes it. */
interface ComputeParts extends Pick<Compute, "openHead" | "multiply"> {
  readonly name: string;
}

/** What a stage wants of the backbone. */
export interface BackboneRequest {
  /** Changes its graph. @default none */
  change?: (graph: Graph) => Graph;
  /** How it computes. @default F32 */
  arithmetic?: Pick<Backbone, "ranges" | "half" | "measures"> | undefined;
  /** Whether its weights stay in memory for the next that is opened. @default {false} */
  keepsWeights?: boolean;
}

/** The devices of a stage: opened when first asked for, closed when it is done. */
export interface Devices {
  /**
   * Opens the backbone of the run.
   *
   * @throws {ConfigError} If its weights are not there.
   * @throws {BackendUnavailableError} If no engine runs it.
   */
  openBackbone(request?: BackboneRequest): Promise<Embedder>;
  /**
   * Hands an engine on to the stage that opens the same next; it is closed when another is opened, or when the run has done what it was asked for.
   *
   * @param known Rows that it need not compute again, where a row has the same bytes in every batch.
   */
  handOn(embedder: Embedder, known?: KnownRows): void;
  /** Reads the head that the run was trained to last, if there is one. */
  readLastHead(): Promise<SavedHead | undefined>;
  /**
   * Opens what runs heads and products.
   *
   * @param lastEngine The engine that last worked on the stage, if that is known.
   * @throws {BackendUnavailableError} If there is none.
   */
  openCompute(lastEngine?: string): Promise<ComputeParts>;
  /**
   * Throws if a device that was opened has failed. Called before what it computed is
   * written: a GPU reports some errors to no call, and computes zeros from then on.
   *
   * @throws {BackendUnavailableError} If it has.
   */
  checkDevices(): void;
}
