/**
 * Fetching the weights of a preset (an edge).
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import { PRESET_NAMES, PRESETS } from "../backbone/presets.ts";
import {
  download,
  DownloadError,
  type DownloadProgress,
} from "../weights/mod.ts";
import { ConfigError } from "../errors.ts";
import type { PipelineContext } from "./events.ts";
import { cachedPath, downloadSource } from "./preset_cache.ts";

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
export function isFetched(name: string): boolean {
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
    const { fetchedBytes } = await download(downloadSource(preset), path, {
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
