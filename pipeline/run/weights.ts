/** Describes weight files: the presets, and any file by its path. */

import { FileStore } from "../artifact/file_store.ts";
import { PRESET_NAMES, PRESETS } from "../backbone/presets.ts";
import type { VariantName } from "../backbone/spec.ts";
import {
  type Classifier,
  openWeights,
  readResNet,
  type ResNetWeights,
  type WeightFormat,
} from "../weights/mod.ts";
import { ConfigError, FormatError } from "../errors.ts";
import {
  type Preprocessing,
  type ProfileName,
  resolvePreprocessing,
} from "../image/preprocessing.ts";
import { closeWeights } from "./backbone.ts";
import { cachedPath, presetPath } from "./preset_cache.ts";

/** A preset, and whether it is there. */
export interface PresetStatus {
  /** Name. */
  name: string;
  /** State of the weights: they come with the program, are in the cache, can be fetched, or were never published. */
  state: "embedded" | "cached" | "to fetch" | "unpublished";
  /** Path of the file, if it is there. */
  path: string | null;
  /** Size of the file in 10^6 bytes. */
  megabytes: number;
  /** Licence of the weights. */
  licence: string;
  /** Published top-1 accuracy on ImageNet; `null` where none is. */
  top1: number | null;
  /** Default resize and normalization. */
  preprocessing: Preprocessing;
  /** What it is, for people. */
  description: string;
}

/** Description of a weight file. */
export interface WeightsReport {
  /** Path of the file. */
  path: string;
  /** Its format. */
  format: WeightFormat;
  /** SHA-256, in hex. */
  digest: string;
  /** Number of tensors in the file. */
  tensors: number;
  /** Element types of the tensors. */
  dtypes: string[];
  /** The network, or `null` if it cannot be used. */
  network: NetworkReport | null;
  /** Why it cannot be used as a backbone: the first tensor that is missing or wrong and how many more, or what it is instead. */
  problem: string | null;
}

/** The network of a weight file. */
export interface NetworkReport {
  /** Its name, such as `ResNet-101`. */
  name: string;
  /** Channels of the stem, 64 in the published ones. */
  width: number;
  /** The families whose names the tensors have. */
  naming: string;
  /** Prefix of every tensor name. */
  prefix: string;
  /** Variant of the graph. */
  variant: VariantName;
  /** Preprocessing where none is given. */
  profile: ProfileName;
  /** The classifier in the file, which is not used. */
  classifier: Classifier | undefined;
  /** Tensors that are not used. */
  unused: string[];
}

/**
 * Lists the presets; nothing is fetched, and no weights are read.
 *
 * @param cache Absolute path of the folder of presets that were fetched.
 * @returns The presets, in the order of the program.
 */
export async function listPresets(cache: string): Promise<PresetStatus[]> {
  const store = new FileStore("/");
  const list: PresetStatus[] = [];
  for (const name of PRESET_NAMES) {
    const preset = PRESETS[name]!;
    const { url, megabytes, licence, top1, description } = preset;
    const isRemote = url?.startsWith("https:") ?? false;
    const path = isRemote ? cachedPath(name, preset, cache) : null;
    const isCached = path !== null && await store.stat(path) !== undefined;
    const state = url === null
      ? "unpublished"
      : isCached
      ? "cached"
      : isRemote
      ? "to fetch"
      : "embedded";
    const preprocessing = resolvePreprocessing(preset.profile, preset);
    list.push({
      name,
      state,
      path: isCached ? path : null,
      megabytes,
      licence,
      top1,
      preprocessing,
      description,
    });
  }
  return list;
}

/**
 * Reads every byte of the presets that were fetched.
 *
 * @param cache Absolute path of the folder of presets that were fetched.
 * @returns What is wrong with each, `null` where all is well, by name.
 */
export async function verifyPresets(
  cache: string,
): Promise<Record<string, string | null>> {
  const found: Record<string, string | null> = {};
  for (const { name, state } of await listPresets(cache)) {
    if (state !== "cached") continue;
    try {
      await presetPath(name, PRESETS[name]!, { cache });
      found[name] = null;
    } catch (error) {
      found[name] = (error as Error).message;
    }
  }
  return found;
}

/**
 * Describes a weight file.
 *
 * @param path Absolute path of the file.
 * @throws {ConfigError} If there is no such file.
 * @throws {FormatError} If it is of no known format, or damaged.
 */
export async function inspectWeights(path: string): Promise<WeightsReport> {
  const file = await openWeights(new FileStore("/"), path);
  if (file === undefined) {
    throw new ConfigError(
      `Cannot inspect "${path}": there is no such file`,
      "backbone",
    );
  }
  const { format, digest, tensors } = file;
  const dtypes = new Set([...tensors.values()].map(({ dtype }) => dtype));
  const report = {
    path,
    format,
    digest,
    tensors: tensors.size,
    dtypes: [...dtypes].sort(),
  };
  try {
    const network = describeNetwork(readResNet(tensors, { path }));
    return { ...report, network, problem: null };
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    return { ...report, network: null, problem: error.message };
  } finally {
    closeWeights(file);
  }
}

/** Describes a network that was recognized. */
function describeNetwork(weights: ResNetWeights): NetworkReport {
  const { spec, naming, prefix, variant, classifier, unused } = weights;
  const { title, profile } = naming;
  const { name, width } = spec;
  const family = { naming: title, prefix, variant, profile };
  return { name, width, ...family, classifier, unused };
}
