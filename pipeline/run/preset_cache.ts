/** Finds the weight files of presets (an edge). */

import { fromFileUrl, join } from "../path.ts";
import type { BackbonePreset } from "../backbone/presets.ts";
import type { DownloadSource } from "../weights/mod.ts";
import { ConfigError } from "../errors.ts";
import type { KnownBackbone } from "./run_format.ts";

/** Places to look for a backbone. */
export interface BackbonePlaces {
  /** What the run file has of its backbone; enough for a run whose images are embedded, if the weight file is gone. */
  known?: KnownBackbone | undefined;
  /** Absolute path of the folder of presets that were fetched. */
  cache?: string | undefined;
  /** Whether weights given by path stay in memory until they are first opened. */
  keepsWeights?: boolean | undefined;
}

/**
 * Returns the path that the weight file of a preset has in the cache.
 *
 * @param cache Absolute path of the cache.
 */
export function cachedPath(
  name: string,
  preset: BackbonePreset,
  cache: string,
): string {
  const file = new URL(preset.url!).pathname.split("/").at(-1)!;
  return join(cache, "weights", name, file);
}

/**
 * Returns where the weight file of a preset is fetched from.
 *
 * @param preset The preset, which must be one to fetch.
 */
export function downloadSource(preset: BackbonePreset): DownloadSource {
  const { url, sha256, md5 } = preset;
  return { url: url!, ...(sha256 && { sha256 }), ...(md5 && { md5 }) };
}

/**
 * Finds the weight file of a preset.
 *
 * @returns Its path, or `null` if it is not fetched; its digest, or `null` if it is not known.
 * @throws {ConfigError} If the preset was never published.
 * @throws {DigestMismatchError} If the file is not the one that was fetched.
 * @throws {FormatError} If the record of its digest is damaged.
 */
export async function presetPath(
  name: string,
  preset: BackbonePreset,
  places: BackbonePlaces,
): Promise<{ path: string | null; digest: string | null }> {
  const { url, sha256 } = preset;
  if (url === null) {
    throw new ConfigError(
      `Cannot use backbone "${name}" by name as its weights were never published: give the path of the file`,
      "backbone",
    );
  }
  if (url.startsWith("file:")) {
    return { path: fromFileUrl(url), digest: sha256! };
  }
  const { cache, known } = places;
  const remembered = known?.name === name ? known.digest : null;
  if (cache === undefined) return { path: null, digest: remembered };
  const path = cachedPath(name, preset, cache);
  const { verifyCached } = await import("../weights/cache.ts");
  const digest = await verifyCached(downloadSource(preset), path);
  return digest ? { path, digest } : { path: null, digest: remembered };
}
