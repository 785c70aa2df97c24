/**
 * Finding the backbone of a run and reading its weights (an edge).
 *
 * @module
 */

import { decodeSafetensors } from "../artifact/safetensors.ts";
import { sha256 } from "../artifact/digest.ts";
import { FileStore } from "../artifact/file_store.ts";
import { PRESET_NAMES, PRESETS } from "../backbone/presets.ts";
import type { VariantName } from "../backbone/spec.ts";
import { readTorchvision } from "../backbone/weights/torchvision.ts";
import { ConfigError, DigestMismatchError } from "../errors.ts";
import type { ProfileName } from "../image/preprocessing.ts";

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

/** Reads a file by its absolute path. */
async function readFile(path: string): Promise<Uint8Array> {
  const bytes = await new FileStore("/").read(path);
  if (bytes === undefined) {
    throw new ConfigError(
      `Cannot use backbone "${path}" as it must be a preset (${
        PRESET_NAMES.join(", ")
      }) or a safetensors file: there is no such file`,
      "backbone",
    );
  }
  return bytes;
}

/**
 * Finds a backbone.
 *
 * @param name A preset, or the absolute path of a safetensors file.
 * @returns The backbone; the weights of a preset are not read yet.
 * @throws {ConfigError} If there is neither a preset nor a file of this name.
 * @throws {FormatError} If the file is not a ResNet.
 */
export async function findBackbone(name: string): Promise<BackboneFile> {
  if (Object.hasOwn(PRESETS, name)) {
    const { url, digest, variant, profile, imageSize } = PRESETS[name]!;
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
  const bytes = await readFile(name);
  readTorchvision(decodeSafetensors(bytes, name), { path: name });
  return {
    name,
    digest: await sha256(bytes),
    variant: "torchvision",
    profile: "torch",
    imageSize: FILE_IMAGE_SIZE,
    read: () => readFile(name),
  };
}
