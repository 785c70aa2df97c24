/**
 * The embeddings of a run: completing them, and reading a split.
 *
 * @module
 */

import type { Work } from "../artifact/fingerprint.ts";
import { freeBytes } from "../artifact/free_bytes.ts";
import { decodeSealed } from "../artifact/shard.ts";
import { toInt32 } from "../artifact/tensor.ts";
import type { Split } from "../dataset/split.ts";
import { EmbeddingSource } from "../head/embeddings_source.ts";
import { FileFloats } from "../head/file_floats.ts";
import {
  embed,
  type EmbeddingsResult,
  planEmbeddings,
} from "../stages/embeddings.ts";
import type { StageResult } from "../stages/run_stage.ts";
import { openBackboneEngine } from "./backbone_engine.ts";
import {
  completeWork,
  requireDigest,
  requireWeights,
  type Session,
} from "./session.ts";

/**
 * Names the work of the embeddings of a run.
 *
 * @param session The run.
 * @param tensors The tensors, complete or not.
 * @returns Everything that decides the bytes of the stage.
 */
export function planSessionEmbeddings(
  session: Session,
  tensors: Pick<StageResult, "files">,
): Work {
  const { backbone, preprocessing: { normalization } } = session;
  const { digest, variant } = backbone;
  // Unknown for a preset that was never fetched: then it is another one than any before.
  const backboneDigest = digest ?? "";
  return planEmbeddings(tensors, { backboneDigest, variant, normalization });
}

/**
 * Completes the embeddings; the engine starts only if there is something to embed.
 *
 * @param session The run.
 * @param tensors The tensors.
 * @returns The complete stage.
 * @throws {BackendUnavailableError} If the engine cannot be had or stops working.
 */
export async function completeEmbeddings(
  session: Session,
  tensors: StageResult,
): Promise<EmbeddingsResult> {
  await requireDigest(session);
  const work = planSessionEmbeddings(session, tensors);
  let close = () => Promise.resolve();
  const open = async () => {
    await requireWeights(session);
    const engine = await openBackboneEngine(session, "embeddings");
    close = () => engine.close();
    return engine;
  };
  try {
    return await completeWork(
      session,
      work,
      () => embed(work, { tensors, openEngine: open }, session),
    );
  } finally {
    await close();
  }
}

/**
 * Opens the embeddings of a split. Every byte is checked, a shard at a time; what
 * stays in memory is labels and records, 8 bytes an image.
 *
 * @param embeddings The embeddings, complete.
 * @param split The split.
 * @returns Its samples, whose embeddings are read when they are asked for; `undefined` if there are none.
 * @throws {MissingArtifactError} If a shard is not there.
 * @throws {DigestMismatchError} If a shard is damaged.
 */
export async function loadSplit(
  embeddings: StageResult,
  split: Split,
): Promise<EmbeddingSource | undefined> {
  const { files, manifest } = embeddings;
  const shards = [];
  let layout = { views: 0, size: 0 };
  let part = new Float32Array(0);
  for (const file of manifest.files) {
    if (!file.path.startsWith(`${split}-`) || !file.rows) continue;
    const path = files.path(file.path);
    const bytes = await files.readVerified(file);
    const { tensors } = await decodeSealed(bytes, path);
    const embedding = tensors.get("embedding")!;
    const offset = embedding.data.byteOffset - bytes.byteOffset;
    layout = { views: embedding.shape[1]!, size: embedding.shape[2]! };
    if (part.length === 0) part = new Float32Array(layout.size);
    shards.push({
      embeddings: new FileFloats({
        read: (target, start) => files.readIntoSync(file.path, target, start),
        offset,
        path,
        part,
      }),
      // Copies: a view would hold the bytes of the whole shard.
      labels: toInt32(tensors.get("label")!, "label").slice(),
      records: toInt32(tensors.get("record")!, "record").slice(),
    });
    freeBytes(bytes);
  }
  return shards.length === 0 ? undefined : new EmbeddingSource(shards, layout);
}
