/**
 * What a format of exports is: one value that says how its files are written, and
 * how they are run to check them.
 */

import type { Store } from "../artifact/store.ts";
import type { Backbone } from "../backbone/fold.ts";
import type { VariantName } from "../backbone/spec.ts";
import type { Split } from "../dataset/split.ts";
import type { SavedHead } from "../head/checkpoint.ts";
import type { Preprocessing } from "../image/preprocessing.ts";
import type { Metrics } from "../metrics/schema.ts";

/** What is known of the model that is exported, but for its numbers. */
export interface ExportFacts {
  run: string;
  /** Fingerprint of the head. */
  fingerprint: string;
  /** Class names by label. */
  classNames: readonly string[];
  /** What happens to a photo before the model sees it, and within it. */
  preprocessing: Preprocessing;
  /** What logits are divided by; 1 leaves them as they are. */
  temperature: number;
  backbone: ExportedBackbone;
  /** Split that was evaluated. */
  split: Split;
  /** Numbers of the evaluation. */
  metrics: Metrics;
  /** Whether weights are kept as F16. */
  half: boolean;
  /** How the backbone computes, where it is not in floating point. */
  precision?: "int8" | "float16";
  /** Whether the input is F32 `[n, 3, S, S]` in place of U8 `[n, S, S, 3]`. */
  floatInput: boolean;
}

/** The backbone, as an export names it: never by the path of a file. */
export interface ExportedBackbone {
  /** Name of the preset; `null` for a file by path. */
  preset: string | null;
  /** The network, such as `ResNet-101`. */
  network: string;
  /** Channels of the stem, 64 in the published ones. */
  width: number;
  /** Variant of the graph. */
  variant: VariantName;
  /** SHA-256 of the weight file, in hex. */
  digest: string;
  /** Licence of the weights, or `unknown`. */
  licence: string;
}

export interface ExportModel {
  /** What is known of it. */
  facts: ExportFacts;
  /** The backbone; its weights are handed over to the format. With `half`, kernels are exact in F16. */
  network: Backbone;
  /** The head, likewise. */
  head: SavedHead;
}

/** A model that was exported, in a runtime of its format. */
export interface ExportAnswers {
  /** Name and version of the runtime. */
  readonly runtime: string;
  /**
   * Classifies images.
   *
   * @param images U8 `[count, S, S, 3]`, RGB.
   * @returns Probabilities, F32 `[count, C]`.
   */
  classify(images: Uint8Array, count: number): Promise<Float32Array>;
  /** Frees the model. */
  close(): Promise<void>;
}

export interface ExportFormat {
  /** Name of the file that a program opens. */
  readonly file: string;
  /** The library of the format, as the Hugging Face hub calls it. */
  readonly library: string;
  /** Whether the input may be F32 `[n, 3, S, S]`. @default {false} */
  readonly hasFloatInput?: boolean;
  /** Whether a backbone can be computed in integers of 8 bits, as the run does it. @default {false} */
  readonly hasIntegers?: boolean;
  /** Whether weights may be kept as F16. @default {true} */
  readonly hasHalf?: boolean;
  /**
   * Writes the model and what belongs to the format alone.
   *
   * @param model The model; its weights may be empty afterwards.
   */
  write(model: ExportModel, folder: Pick<Store, "writeAtomic">): Promise<void>;
  /**
   * Opens what was written, from its files alone.
   *
   * @param folder Absolute path of the folder.
   * @throws {BackendUnavailableError} If there is no runtime for the format here.
   */
  open(folder: string, facts: ExportFacts): Promise<ExportAnswers>;
  /** Returns how a program loads the model, as Markdown. */
  describeUse(facts: ExportFacts): string;
}
