/** A run that is served. */

import type {
  ClassifyOptions,
  SquareClassification,
} from "../classify/classification.ts";
import type { Metrics } from "../metrics/schema.ts";
import type { Preprocessing } from "../image/preprocessing.ts";

/** What is told of a run. */
export interface ModelFacts {
  /** Name of the run. */
  run: string;
  /** Class names by label. */
  classes: readonly string[];
  /** What happens to a photo before the backbone sees it. */
  preprocessing: Preprocessing;
  /** The frozen network. */
  backbone: {
    /** What it is, for people. */
    description: string;
    /** SHA-256 of its weights, in hex. */
    digest: string;
    /** Variant of its graph. */
    variant: string;
    /** Licence of its weights. */
    licence: string;
  };
  /** Fingerprint of the trained head: another one after it is trained anew. */
  fingerprint: string;
  /** What logits are divided by. */
  temperature: number;
  /** What runs the backbone. */
  engine: { name: string; description: string };
  /** Numbers of the evaluation of this head; `null` if there was none. */
  metrics: Omit<Metrics, "confusion"> | null;
  /** Whether the run has a report. */
  hasReport: boolean;
}

/** A run that is served. */
export interface ServedModel {
  /** What is told of it. */
  readonly facts: ModelFacts;
  /** Tells what was loaded: another text where a newer one can be. */
  readonly version: string;
  /**
   * Classifies the bytes of a photo, which are given away.
   *
   * @throws {ImageError} If they are no photo.
   * @throws {BackendUnavailableError} If the device has failed.
   */
  classify(
    bytes: Uint8Array,
    options: ClassifyOptions,
  ): Promise<SquareClassification>;
  /** Reads the report of the run; `undefined` if there is none. */
  readReport(): Promise<string | undefined>;
  /** Frees what it holds, when nothing is under way. */
  close(): Promise<void>;
}
