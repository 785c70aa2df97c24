/**
 * Fetching the weights of a preset, and those of the backbone of a run (an edge).
 */

import { closestString } from "@std/text/closest-string";
import { PRESET_NAMES, PRESETS } from "../backbone/presets.ts";
import { ConfigError, DigestMismatchError } from "../errors.ts";
import { type BackboneFile, findBackbone } from "./backbone.ts";
import type { PipelineContext, RunParts } from "./events.ts";
import { cachedPath, downloadSource, presetPath } from "./preset_cache.ts";
import type { KnownBackbone } from "./run_format.ts";
import type { DownloadError, DownloadProgress } from "../weights/mod.ts";

/** Weights that are in the cache. */
export interface FetchedPreset {
  /** Absolute path of the file. */
  path: string;
  /** Bytes that came over the network just now. */
  fetchedBytes: number;
}

/** Says whether a backbone is a preset whose weights are fetched. */
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
  const { download, DownloadError } = await import("../weights/mod.ts");
  const preset = PRESETS[name]!;
  const url = preset.url!;
  const path = requireCachedPath(name, cache);
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
        note(`${reason}: trying again in ${Math.ceil(delayMs / 1000)} s`),
      onWait: () => note("another task is fetching it: waiting"),
    });
    return { path, fetchedBytes };
  } catch (cause) {
    if (!(cause instanceof DownloadError)) throw cause;
    throw await unreachable(url, path, cause.reason, cause);
  }
}

/** Returns the path of a preset in the cache, which must be known. */
function requireCachedPath(name: string, cache: string | undefined): string {
  if (cache !== undefined) return cachedPath(name, PRESETS[name]!, cache);
  throw new ConfigError(
    `Cannot fetch "${name}" as there is no cache to fetch it to`,
    "backbone",
  );
}

/** Makes the error of weights that cannot be fetched. */
async function unreachable(
  url: string,
  path: string,
  reason: string,
  cause?: unknown,
): Promise<DownloadError> {
  const { DownloadError } = await import("../weights/mod.ts");
  return new DownloadError(
    url,
    `${reason}; where there is no network, place the file by hand at "${path}"`,
    { cause },
  );
}

/** Time in which a server must answer whether it has a file, in milliseconds. */
const PROBE_MS = 20_000;

/**
 * Makes sure that the weights of a backbone are there, or that they can be fetched
 * later; fetches nothing.
 *
 * @param name A preset, or the path of a file, which is not looked at.
 * @throws {ConfigError} If there is no cache to fetch them to.
 * @throws {DownloadError} If the server cannot be reached, or has no such file.
 */
export async function requireFetchable(
  name: string,
  options: Pick<PipelineContext, "cache" | "signal">,
): Promise<void> {
  const { cache, signal } = options;
  if (!isFetched(name)) return;
  const preset = PRESETS[name]!;
  if ((await presetPath(name, preset, { cache })).path !== null) return;
  const path = requireCachedPath(name, cache);
  const url = preset.url!;
  const { host } = new URL(url);
  let response: Response;
  try {
    response = await fetch(url, {
      method: "HEAD",
      // A redirect is an answer: where it leads is seen when the file is fetched.
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_MS)]),
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw await unreachable(url, path, `"${host}" cannot be reached`, cause);
  }
  const { status } = response;
  // A server that is busy may have the file later.
  if (status < 400 || status === 429 || status >= 500) return;
  throw await unreachable(url, path, `"${host}" answered ${status}`);
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
  const { name, digest, isHere } = parts.backbone;
  if (!isFetched(name)) return;
  const { path } = await fetchPreset(name, parts);
  // What was found before is digested once more when it is opened.
  if (isHere) return;
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
