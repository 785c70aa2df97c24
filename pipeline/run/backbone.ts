/** Finding the backbone of a run and reading its weights (an edge). */

import { closestString } from "@std/text/closest-string";
import { levenshteinDistance } from "@std/text/levenshtein-distance";
import { FileStore } from "../artifact/file_store.ts";
import { freeBytes } from "../artifact/free_bytes.ts";
import {
  type BackbonePreset,
  PRESET_NAMES,
  PRESETS,
  presetWithDigest,
} from "../backbone/presets.ts";
import type { VariantName } from "../backbone/spec.ts";
import type { WeightFile } from "../weights/mod.ts";
import type { Backbone } from "../backbone/fold.ts";
import {
  ConfigError,
  DigestMismatchError,
  FileAccessError,
} from "../errors.ts";
import type { Preprocessing, ProfileName } from "../image/preprocessing.ts";
import { type BackbonePlaces, presetPath } from "./preset_cache.ts";

/** A backbone that was found. */
export interface BackboneFile {
  /** Name of a preset, or path of a weight file. */
  name: string;
  /** SHA-256 of the weight file, in hex; `null` for a preset that was never fetched. */
  digest: string | null;
  /** Whether the weight file is there, and may be read. */
  isHere: boolean;
  /** The network of a weight file that is not a preset. */
  found?: FoundNetwork | undefined;
  variant: VariantName;
  /** Preprocessing where none is given. */
  profile: ProfileName;
  /** Image size divided by short side, where it is not that of the profile. */
  cropFraction?: number | undefined;
  /** Side of the image where none is given, in pixels. */
  imageSize: number;
  open: () => Promise<WeightFile>;
  /** Frees the weights if they are kept in memory for the first `open`. */
  release?: () => void;
}

/** The network of a weight file. */
interface FoundNetwork {
  /** The network, such as `ResNet-101`. */
  network: string;
  /** Channels of the stem, 64 in the published ones. */
  width: number;
  /** The families whose names the tensors have. */
  naming: string;
  /** Number of tensors that are not used. */
  unused: number;
}

/** Letters that may be wrong in the name of a preset. */
const MAX_TYPOS = 4;

/** Side of the image for a weight file, in pixels. */
const FILE_IMAGE_SIZE = 224;

/** Names the preset that may have been meant; nothing where a path was given. */
function nearestPreset(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const nearest = closestString(name, PRESET_NAMES);
  const isTypo = levenshteinDistance(name, nearest) <= MAX_TYPOS;
  return isTypo ? `; the nearest preset is "${nearest}"` : "";
}

/** Makes the error of a backbone that is neither a preset nor a weight file. */
function missingFile(path: string, found: string): ConfigError {
  return new ConfigError(
    `Cannot use backbone "${path}" as it must be a preset (${
      PRESET_NAMES.join(", ")
    }) or a weight file: ${found}${nearestPreset(path)}`,
    "backbone",
  );
}

/** Opens a weight file by its absolute path, if it is there. */
async function tryOpen(path: string): Promise<WeightFile | undefined> {
  // Reading a pipe or a device may never end.
  const info = await Deno.stat(path).catch(() => undefined);
  if (info && !info.isFile && !info.isDirectory) {
    throw missingFile(path, "it is a pipe, a socket or a device");
  }
  const { openWeights } = await import("../weights/mod.ts");
  const store = new FileStore("/");
  try {
    const file = await openWeights(store, path);
    if (file) return file;
    // Reading a folder says what it is.
    await store.read(path);
    return undefined;
  } catch (error) {
    if (!(error instanceof FileAccessError)) throw error;
    throw missingFile(path, error.reason);
  }
}

/** Opens a weight file by its absolute path; it must still be the one that was found. */
async function openFound(
  path: string,
  digest: string | null,
): Promise<WeightFile> {
  const file = await tryOpen(path);
  if (file === undefined) throw missingFile(path, "there is no such file");
  if (digest !== null && file.digest !== digest) {
    const { digest: actual } = file;
    throw new DigestMismatchError(path, { expected: digest, actual });
  }
  return file;
}

/** Frees the memory of a weight file that is no longer needed. */
export function closeWeights(file: Pick<WeightFile, "parts">): void {
  for (const bytes of file.parts) freeBytes(bytes);
}

/**
 * Reads the network of a backbone, whose weight file is there.
 *
 * @param variant Variant of its graph, where it is not that of the file.
 */
export async function readNetwork(
  { name: path, variant: own, open }: BackboneFile,
  { geometry, normalization }: Preprocessing,
  variant = own,
): Promise<Backbone> {
  const { imageSize } = geometry;
  const { readBackbone } = await import("../weights/mod.ts");
  const file = await open();
  const options = { path, imageSize, normalization, variant };
  const network = readBackbone(file.tensors, { ...options, overwrites: true });
  const { buffer } = network.weights.values;
  const parts = file.parts.filter((bytes) => bytes.buffer !== buffer);
  closeWeights({ parts });
  return network;
}

/** Describes the backbone of a preset. */
async function presetFile(
  name: string,
  preset: BackbonePreset,
  places: BackbonePlaces,
): Promise<BackboneFile> {
  const { variant, profile, cropFraction, imageSize } = preset;
  const { path, digest } = await presetPath(name, preset, places);
  const open = async () => {
    if (path === null) {
      throw new ConfigError(
        `Cannot read backbone "${name}" as it is not downloaded: run deno task weights fetch ${name}`,
        "backbone",
      );
    }
    return await openFound(path, digest);
  };
  return {
    name,
    digest,
    isHere: path !== null,
    variant,
    profile,
    cropFraction,
    imageSize,
    open,
  };
}

/** Crop of the preset whose file this is, if it is one's. */
function trainedWith(
  digest: string | null,
): Pick<BackboneFile, "cropFraction"> {
  const preset = digest === null ? undefined : presetWithDigest(digest);
  return { cropFraction: preset?.cropFraction };
}

/**
 * Finds a backbone.
 *
 * @param name A preset, or the absolute path of a weight file.
 * @returns The backbone; the weights of a preset are not read yet.
 * @throws {ConfigError} If there is neither a preset nor a file of this name, and the run does not know it.
 * @throws {FormatError} If the file is not a ResNet.
 */
export async function findBackbone(
  name: string,
  places: BackbonePlaces = {},
): Promise<BackboneFile> {
  if (Object.hasOwn(PRESETS, name)) {
    return await presetFile(name, PRESETS[name]!, places);
  }
  const imageSize = FILE_IMAGE_SIZE;
  const known = places.known?.name === name ? places.known : undefined;
  const file = await tryOpen(name).catch((error) => {
    // Who opens it is told again.
    if (known && error instanceof ConfigError) return undefined;
    throw error;
  });
  if (file === undefined) {
    if (!known) throw missingFile(name, "there is no such file");
    const open = () => openFound(name, known.digest);
    const trained = trainedWith(known.digest);
    return { ...known, ...trained, isHere: false, imageSize, open };
  }
  const { readResNet } = await import("../weights/mod.ts");
  const read = readResNet(file.tensors, { path: name });
  const { variant, naming, spec } = read;
  const { digest } = file;
  let kept = places.keepsWeights ? file : undefined;
  if (!kept) closeWeights(file);
  return {
    name,
    digest,
    isHere: true,
    found: {
      network: spec.name,
      width: spec.width,
      naming: naming.title,
      unused: read.unused.length,
    },
    variant,
    profile: naming.profile,
    ...trainedWith(digest),
    imageSize,
    async open() {
      const first = kept;
      kept = undefined;
      return first ?? await openFound(name, digest);
    },
    release() {
      if (kept) closeWeights(kept);
      kept = undefined;
    },
  };
}
