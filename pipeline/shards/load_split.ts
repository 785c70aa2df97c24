/**
 * The embeddings of a split, read from its shards when they are asked for.
 *
 * @module
 */

import type { Artifact } from "../artifact/artifact.ts";
import { freeBytes } from "../artifact/free_bytes.ts";
import { decodeSealed } from "../artifact/shard.ts";
import { toInt32 } from "../artifact/tensor.ts";
import type { Split } from "../dataset/split.ts";
import { EmbeddingSource, fileFloats } from "../head/embeddings_source.ts";

/**
 * Opens the embeddings of a split. Every byte is checked, a shard at a time; what
 * stays in memory is labels and records, 8 bytes an image.
 *
 * @returns Its samples; `undefined` if there are none.
 * @throws {MissingArtifactError} If a shard is gone.
 * @throws {DigestMismatchError} If a shard is damaged.
 */
export async function loadSplit(
  artifact: Artifact,
  split: Split,
): Promise<EmbeddingSource | undefined> {
  const { files } = artifact;
  const shards = [];
  let layout = { views: 0, size: 0 };
  for (const { path: name, rows } of artifact.shards) {
    if (!name.startsWith(`${split}-`) || rows === 0) continue;
    const path = files.path(name);
    const bytes = await artifact.read(name);
    const { tensors } = await decodeSealed(bytes, path);
    const embedding = tensors.get("embedding")!;
    const offset = embedding.data.byteOffset - bytes.byteOffset;
    layout = { views: embedding.shape[1]!, size: embedding.shape[2]! };
    shards.push({
      embeddings: fileFloats({
        read: (target, start) => files.readIntoSync(name, target, start),
        offset,
        path,
      }),
      // Copies: a view would hold the bytes of the whole shard.
      labels: toInt32(tensors.get("label")!, "label").slice(),
      records: toInt32(tensors.get("record")!, "record").slice(),
    });
    freeBytes(bytes);
  }
  return shards.length === 0 ? undefined : new EmbeddingSource(shards, layout);
}
