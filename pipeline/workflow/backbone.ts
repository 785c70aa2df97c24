/**
 * Finding the backbone of a run and reading its weights (an edge).
 *
 * @module
 */

import { decodeSafetensors } from "../artifact/safetensors.ts";
import { sha256 } from "../artifact/digest.ts";
import { freeBytes } from "../artifact/free_bytes.ts";
import { FileStore } from "../artifact/file_store.ts";
import {
  type BackbonePreset,
  PRESET_NAMES,
  PRESETS,
} from "../backbone/presets.ts";
import type { VariantName } from "../backbone/spec.ts";
import { readTorchvision } from "../backbone/weights/torchvision.ts";
import {
  ConfigError,
  DigestMismatchError,
  FileAccessError,
} from "../errors.ts";
import type { ProfileName } from "../image/preprocessing.ts";
import type { KnownBackbone } from "./run_file.ts";

/** A backbone that was found. */
export interface BackboneFile {
  /** What the user calls it: a preset, or the path of a file. */
  name: string;
  /** SHA-256 of the weight file, in hex. */
  digest: string;
  /** Variant of the graph. */
  variant: VariantName;
  /** Preprocessing where none is given. */
  profile: ProfileName;
  /** Side of the image where none is given, in pixels. */
  imageSize: number;
  /** Reads the weight file. */
  read: () => Promise<Uint8Array>;
}

/** Side of the image for a weight file, in pixels. */
const FILE_IMAGE_SIZE = 224;

/** Says that a file cannot be had. */
function missingFile(path: string, found: string): ConfigError {
  return new ConfigError(
    `Cannot use backbone "${path}" as it must be a preset (${
      PRESET_NAMES.join(", ")
    }) or a safetensors file: ${found}`,
    "backbone",
  );
}

/** Reads a file by its absolute path, if it is there. */
async function tryRead(path: string): Promise<Uint8Array | undefined> {
  try {
    return await new FileStore("/").read(path);
  } catch (error) {
    if (!(error instanceof FileAccessError)) throw error;
    throw missingFile(path, error.reason);
  }
}

/** Reads a file by its absolute path. */
async function readFile(path: string): Promise<Uint8Array> {
  const bytes = await tryRead(path);
  if (bytes === undefined) throw missingFile(path, "there is no such file");
  return bytes;
}

/**
 * Finds a backbone.
 *
 * @param name A preset, or the absolute path of a safetensors file.
 * @param known What the run knows of its backbone: enough, where the file is gone, for a run whose images are embedded.
 * @returns The backbone; the weights of a preset are not read yet.
 * @throws {ConfigError} If there is neither a preset nor a file of this name.
 * @throws {FormatError} If the file is not a ResNet.
 */
export async function findBackbone(
  name: string,
  known?: KnownBackbone,
): Promise<BackboneFile> {
  if (Object.hasOwn(PRESETS, name)) return presetFile(PRESETS[name]!, name);
  const bytes = await tryRead(name);
  const ofFile = {
    profile: "torch",
    imageSize: FILE_IMAGE_SIZE,
    read: () => readFile(name),
  } as const;
  if (bytes === undefined) {
    if (known?.name === name) return { ...known, ...ofFile };
    throw missingFile(name, "there is no such file");
  }
  readTorchvision(decodeSafetensors(bytes, name), { path: name });
  const digest = await sha256(bytes);
  freeBytes(bytes);
  return { name, digest, variant: "torchvision", ...ofFile };
}

/** Describes the backbone of a preset. */
function presetFile(preset: BackbonePreset, name: string): BackboneFile {
  const { url, digest, variant, profile, imageSize } = preset;
  const read = async () => {
    const bytes = await readFile(decodeURIComponent(url.pathname));
    const actual = await sha256(bytes);
    if (actual !== digest) {
      throw new DigestMismatchError(name, { expected: digest, actual });
    }
    return bytes;
  };
  return { name, digest, variant, profile, imageSize, read };
}
