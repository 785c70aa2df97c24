/**
 * Embeddings stage: tensor shards in, what the frozen backbone makes of them out.
 *
 * Writes a shard for each tensor shard, under the same name, with `embedding`
 * F32 `[n, views, D]` and `label`, `record`, `digest` as they were; then the
 * manifest. Training images have two views, plain and flipped, since the recipe
 * flips with probability one half; the others have one.
 *
 * The engines that computed the rows of a shard stand in its header and are not
 * part of the fingerprint: engines agree, so a run may change from one to another.
 *
 * @module
 */

import type { Work } from "../artifact/fingerprint.ts";
import { freeBytes } from "../artifact/free_bytes.ts";
import type { ManifestFile } from "../artifact/manifest.ts";
import { decodeSealed } from "../artifact/shard.ts";
import type { Engine, View } from "../backbone/engine.ts";
import type { Normalization } from "../image/preprocessing.ts";
import type { StageContext } from "./context.ts";
import { makeEmbeddingRows } from "./embedding_rows.ts";
import { fillShards } from "./fill_shards.ts";
import { RowCache } from "./row_cache.ts";
import { runStage, type StageResult } from "./run_stage.ts";

/** Version of the shards. Raise it when the same tensors give other bytes. */
export const EMBEDDINGS_VERSION = 2;

/** Views of a training image, and of any other. */
export const VIEWS: Readonly<Record<"train" | "other", readonly View[]>> = {
  train: ["plain", "flipped"],
  other: ["plain"],
};

/** What the stage works on. */
export interface EmbeddingsOptions {
  /** The tensors, complete. */
  tensors: StageResult;
  /** Starts the engine; called once, and only if there is something to embed. */
  openEngine: () => Promise<Engine>;
}

/** The complete stage, and where its rows came from. */
export interface EmbeddingsResult extends StageResult {
  /** Images that ran through the backbone. */
  embedded: number;
  /** Images taken from earlier artifacts. */
  reused: number;
}

/**
 * Names the work of the stage.
 *
 * @param tensors The tensors, complete or not.
 * @param options Digest and graph variant of the backbone, and what the engine does to the pixels.
 * @returns Everything that decides the bytes of the stage.
 */
export function planEmbeddings(
  tensors: Pick<StageResult, "files">,
  options: {
    backboneDigest: string;
    variant: string;
    normalization: Normalization;
  },
): Work {
  const { backboneDigest, variant, normalization } = options;
  const { shardSize: _, ...pixels } = tensors.files.work.config;
  return {
    stage: "embeddings",
    version: EMBEDDINGS_VERSION,
    config: { ...pixels, variant, normalization: { ...normalization } },
    inputs: { tensors: tensors.files.fingerprint, backbone: backboneDigest },
  };
}

/** Views that the samples of a shard have. */
function viewsOf(file: ManifestFile): readonly View[] {
  return file.path.startsWith("train-") ? VIEWS.train : VIEWS.other;
}

/**
 * Completes the stage.
 *
 * @param work The work, from {@linkcode planEmbeddings}.
 * @param options The tensors, and how to start the engine.
 * @param context The work directory, the stop signal, the listener.
 * @returns The complete stage.
 * @throws {DigestMismatchError} If a tensor shard is damaged.
 * @throws {BackendUnavailableError} If the engine cannot be had or stops working.
 */
export async function embed(
  work: Work,
  options: EmbeddingsOptions,
  context: StageContext,
): Promise<EmbeddingsResult> {
  const { manifest } = options.tensors;
  let engine: Promise<Engine> | undefined;
  let embedded = 0;
  let reused = 0;
  const result = await runStage(work, context, async (files) => {
    const cache = await RowCache.open(context.store, work);
    const { files: tensorFiles } = options.tensors;
    const reading = new Map<ManifestFile, Promise<Uint8Array>>();
    const ahead = (file: ManifestFile) => {
      const bytes = tensorFiles.readVerified(file);
      reading.set(file, bytes);
      // Heard of when the shard is made.
      bytes.catch(() => {});
    };
    const make = async (file: ManifestFile) => {
      const bytes = await (reading.get(file) ?? tensorFiles.readVerified(file));
      reading.delete(file);
      const { tensors } = await decodeSealed(
        bytes,
        tensorFiles.path(file.path),
      );
      const rows = await makeEmbeddingRows(tensors, {
        views: viewsOf(file),
        cache,
        engine: () => engine ??= options.openEngine(),
      });
      freeBytes(bytes);
      embedded += rows.embedded;
      reused += rows.reused;
      return rows;
    };
    const shards = manifest.files.filter(({ rows }) => rows !== undefined);
    const jobs = shards.map((file) => ({
      path: file.path,
      images: file.rows!,
      ahead: () => ahead(file),
      make: () => make(file),
    }));
    const filled = await fillShards(files, jobs, context);
    const { rejected: _, ...counts } = manifest.counts;
    return { files: filled.map(({ entry }) => entry), counts };
  });
  return { ...result, embedded, reused };
}
