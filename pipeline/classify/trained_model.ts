/**
 * All that a prediction depends on, read from a run: head, classes, preprocessing,
 * backbone and temperature. A caller decides none of it.
 */

import { z } from "zod";
import type { Backbone } from "../backbone/fold.ts";
import { type Arithmetic, decodeArithmetic } from "../backbone/arithmetic.ts";
import { type VariantName, VARIANTS } from "../backbone/spec.ts";
import { DigestMismatchError, MissingArtifactError } from "../errors.ts";
import type { SavedHead } from "../head/checkpoint.ts";
import { CROP_RULES } from "../image/crop.ts";
import {
  type Preprocessing,
  type ProfileName,
  PROFILES,
} from "../image/preprocessing.ts";
import type { Metrics } from "../metrics/schema.ts";
import { readNetwork } from "../run/backbone.ts";
import { requireWeights } from "../run/fetch_preset.ts";
import type { Run } from "../run/run.ts";
import { runPath } from "../run/run_file.ts";
import { EVALUATION } from "../stages/evaluation.ts";
import { HEAD } from "../stages/head.ts";

/** A trained head with all that belongs to it. */
export interface TrainedModel {
  /** The head. */
  head: SavedHead;
  /** Class names by label. */
  classNames: string[];
  /** What happens to a photo before the backbone sees it. */
  preprocessing: Preprocessing;
  /** SHA-256 of the weights of the backbone, in hex. */
  backboneDigest: string;
  /** Variant of the backbone's graph. */
  variant: VariantName;
  /** How the backbone computes. */
  arithmetic: Arithmetic;
  /** Fingerprint of the head: another one after it is trained anew. */
  fingerprint: string;
  /** What logits are divided by, fitted on the validation split; `null` if that was not done. */
  temperature: number | null;
  /** Numbers of the latest evaluation of this head; `undefined` without one. */
  metrics: Metrics | undefined;
}

const THREE = z.tuple([z.number(), z.number(), z.number()]);

/** What travels with a head, as text in its header. */
const METADATA = z.looseObject({
  classes: z.array(z.string()).min(1),
  backbone: z.string(),
  variant: z.enum(Object.keys(VARIANTS) as [VariantName]),
  preprocessing: z.strictObject({
    profile: z.enum(Object.keys(PROFILES) as [ProfileName]),
    geometry: z.strictObject({
      imageSize: z.int().positive(),
      resize: z.enum(["stretch", "crop"]),
      shortSide: z.int().positive(),
      crop: z.enum(CROP_RULES).exactOptional(),
      interpolation: z.enum(["nearest", "bilinear", "bicubic", "bilinear-tf1"]),
      orientation: z.enum(["apply", "ignore"]),
      transparency: z.literal("white").exactOptional(),
    }),
    normalization: z.strictObject({
      channels: z.enum(["rgb", "bgr"]),
      mean: THREE,
      std: THREE,
    }),
  }),
});

/** Returns the latest evaluation of a head, if there is one. */
async function findMetrics(
  run: Run,
  fingerprint: string,
): Promise<Metrics | undefined> {
  const evaluation = await run.find(EVALUATION);
  const isOfHead = evaluation?.files.work.inputs.head === fingerprint;
  return isOfHead ? evaluation.metrics : undefined;
}

/**
 * Reads the trained head of a run.
 *
 * @throws {MissingArtifactError} If the head is not trained to its end.
 * @throws {DigestMismatchError} If a file has changed.
 */
export async function readTrainedModel(run: Run): Promise<TrainedModel> {
  const trained = await run.find(HEAD);
  if (trained === undefined) {
    throw new MissingArtifactError(
      `Cannot classify with run "${run.name}" as its head is not trained to the end: run the task train first`,
      { stage: HEAD.name, path: runPath(run.name) },
    );
  }
  const head = await trained.readHead();
  const { classes, preprocessing, ...text } = head.metadata;
  const metadata = METADATA.parse({
    ...text,
    classes: JSON.parse(classes!),
    preprocessing: JSON.parse(preprocessing!),
  });
  const { fingerprint } = trained.files;
  const metrics = await findMetrics(run, fingerprint);
  return {
    head,
    classNames: metadata.classes,
    preprocessing: metadata.preprocessing,
    backboneDigest: metadata.backbone,
    variant: metadata.variant,
    arithmetic: decodeArithmetic(head.metadata),
    fingerprint,
    temperature: metrics?.calibration.temperature ?? null,
    metrics,
  };
}

/**
 * Makes sure that the backbone of a run is the one that its head was trained on.
 *
 * @throws {ConfigError} If the weights are gone and cannot be fetched.
 * @throws {DigestMismatchError} If they are others.
 */
export async function requireBackbone(
  { parts }: Run,
  { backboneDigest: expected }: TrainedModel,
): Promise<void> {
  if (!parts.backbone.isHere) await requireWeights(parts);
  const { name, digest: actual, isHere, open } = parts.backbone;
  // Says what is missing, and how to get it.
  if (!isHere) await open();
  if (actual !== expected) {
    throw new DigestMismatchError(name, { expected, actual: actual ?? "none" });
  }
}

/**
 * Reads the backbone of a run, with the preprocessing of its trained head.
 *
 * @throws {ConfigError} If its weights are gone.
 * @throws {DigestMismatchError} If they are others than those that the head was trained on.
 */
export async function readRunBackbone(
  run: Run,
  model: TrainedModel,
): Promise<Backbone> {
  await requireBackbone(run, model);
  const { variant, preprocessing, arithmetic } = model;
  const { backbone } = run.parts;
  const network = await readNetwork(backbone, preprocessing, variant);
  return { ...network, ...arithmetic };
}
