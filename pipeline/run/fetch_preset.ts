/**
 * Fetching the weights of a preset, and those of the backbone of a run (an edge).
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { PRESET_NAMES, PRESETS } from "../backbone/presets.ts";
import { ConfigError, DigestMismatchError } from "../errors.ts";
import { type BackboneFile, findBackbone } from "./backbone.ts";
import type { PipelineContext, RunParts } from "./events.ts";
import { cachedPath, downloadSource } from "./preset_cache.ts";
import type { KnownBackbone } from "./run_file.ts";
import {
  download,
  DownloadError,
  type DownloadProgress,
} from "../weights/mod.ts";

/** Weights that are in the cache. */
export interface FetchedPreset {
  /** Absolute path of the file. */
  path: string;
  /** Bytes that came over the network just now. */
  fetchedBytes: number;
}

/**
 * Says whether a backbone is a preset whose weights are fetched.
 *
 * @param name A preset, or the path of a file.
 */
function isFetched(name: string): boolean {
  const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name]! : undefined;
  return preset?.url?.startsWith("https:") ?? false;
}

/**
 * Fetches the weights of a preset into the cache, unless they are there.
 *
 * @throws {ConfigError} If there is no such preset, none to fetch, or no cache.
 * @throws {DownloadError} If they cannot be fetched; the message says where to place the file by hand.
 */
export async function fetchPreset(
  name: string,
  context: Pick<PipelineContext, "cache" | "signal" | "emit">,
): Promise<FetchedPreset> {
  const { cache, signal, emit } = context;
  if (!isFetched(name)) {
    const names = PRESET_NAMES.filter(isFetched);
    throw new ConfigError(
      `Cannot fetch "${name}" as it must be one of ${
        names.join(", ")
      }: the nearest is "${closestString(name, names)}"`,
      "backbone",
    );
  }
  const preset = PRESETS[name]!;
  const url = preset.url!;
  if (cache === undefined) {
    throw new ConfigError(
      `Cannot fetch "${name}" as there is no cache to fetch it to`,
      "backbone",
    );
  }
  const path = cachedPath(name, preset, cache);
  const note = (message: string) => emit({ type: "fetch-note", name, message });
  let told = -1;
  const tell = (progress: DownloadProgress) => {
    const { receivedBytes, totalBytes } = progress;
    const megabyte = Math.floor(receivedBytes / 1e6);
    if (megabyte === told && receivedBytes !== totalBytes) return;
    told = megabyte;
    emit({ type: "fetch", name, url, receivedBytes, totalBytes });
  };
  try {
    const fetchedBytes = await download(downloadSource(preset), path, {
      signal,
      onProgress: tell,
      onRetry: ({ reason, delayMs }) =>
        note(
          `${reason}: trying again in ${Math.ceil(delayMs / 1000)} s`,
        ),
      onWait: () => note("another task is fetching it: waiting"),
    });
    return { path, fetchedBytes };
  } catch (cause) {
    if (!(cause instanceof DownloadError)) throw cause;
    throw new DownloadError(
      url,
      `${cause.reason}; where there is no network, place the file by hand at "${path}"`,
      { cause },
    );
  }
}

/**
 * Returns the entry of a backbone in a run file.
 *
 * @returns The entry, or `undefined` for a preset that was never fetched.
 */
export function toKnownBackbone(
  backbone: BackboneFile,
): KnownBackbone | undefined {
  const { name, digest, variant, profile } = backbone;
  return digest === null ? undefined : { name, digest, variant, profile };
}

/**
 * Makes sure that the weights of a run are there: those of a preset are
 * fetched, and must have the digest with which they were used first.
 *
 * @param parts The run; digest and path of its backbone are filled in.
 * @throws {ConfigError} If they are not there, and there is no cache to fetch them to.
 * @throws {DownloadError} If they cannot be fetched.
 * @throws {DigestMismatchError} If they are not those that the run has used before.
 */
export async function requireWeights(parts: RunParts): Promise<void> {
  const { name, digest } = parts.backbone;
  if (!isFetched(name)) return;
  const { path } = await fetchPreset(name, parts);
  parts.backbone = await findBackbone(name, { cache: parts.cache });
  const actual = parts.backbone.digest!;
  if (digest !== null && actual !== digest) {
    throw new DigestMismatchError(path, { expected: digest, actual });
  }
  parts.file.backbone = toKnownBackbone(parts.backbone);
}

/**
 * Returns the digest of the backbone of a run; fetches a preset that was never
 * fetched.
 *
 * @param parts The run; digest and path of its backbone are filled in.
 */
export async function requireDigest(parts: RunParts): Promise<string> {
  if (parts.backbone.digest === null) await requireWeights(parts);
  return parts.backbone.digest!;
}
