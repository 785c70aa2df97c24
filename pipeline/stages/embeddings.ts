/**
 * Embeddings stage: tensor shards in, their embeddings by the frozen backbone out.
 *
 * Writes a shard for each tensor shard, under the same name, with `embedding`
 * F32 `[n, views, D]` and `label`, `record`, `digest` as they were. Training images
 * have two views, plain and flipped, since the recipe flips with probability one
 * half; the others have one.
 *
 * The header of a shard names the engines that computed its rows. They are not part
 * of the fingerprint: engines agree, so a run may change from one to another.
 */

import { type Artifact, findEntry } from "../artifact/artifact.ts";
import { freeBytes } from "../artifact/free_bytes.ts";
import { decodeSealed } from "../artifact/shard.ts";
import { toFloat32, toInt32 } from "../artifact/tensor.ts";
import type { Split } from "../dataset/split.ts";
import { ConfigError } from "../errors.ts";
import { EmbeddingSource, fileFloats } from "../head/embeddings_source.ts";
import { CALIBRATION, RANGES_FILE } from "./calibration.ts";
import { defineStage, optional, type Stage } from "./stage.ts";
import { TENSORS } from "./tensors.ts";

export const INPUTS = { tensors: TENSORS, calibration: optional(CALIBRATION) };

/** Embeddings of photos. */
export interface Embeddings {
  /** Opens a split; `undefined` if it has no samples. Every byte is checked. */
  loadSplit(split: Split): Promise<EmbeddingSource | undefined>;
  /** Names the engines that computed them, sorted, with commas between. */
  readEngines(): Promise<string>;
}

function openEmbeddings(artifact: Artifact): Embeddings {
  return {
    loadSplit: (split) => loadSplit(artifact, split),
    async readEngines() {
      const engines = new Set<string>();
      for (const { path, rows } of artifact.shards) {
        if (rows === 0) continue;
        const header = await artifact.files.readHeader(path);
        for (const name of header?.metadata.engine?.split(",") ?? []) {
          engines.add(name);
        }
      }
      return [...engines].sort().join(", ");
    },
  };
}

/** The stage. */
export const EMBEDDINGS: Stage<"embeddings", Embeddings> = defineStage({
  name: "embeddings",
  version: 2,
  task: "train",
  inputs: INPUTS,
  isShared: true,
  config({ run, inputs: { tensors } }) {
    const { shardSize: _, ...pixels } = tensors.files.work.config;
    const { normalization } = run.preprocessing;
    const { variant } = run.backbone;
    const { precision } = run.config;
    if (precision === "auto") {
      throw new ConfigError(
        `Cannot embed with precision "auto" as it is chosen by the tasks train and embed of one machine: take float32, float16 or int8`,
        "precision",
      );
    }
    return {
      ...pixels,
      variant,
      normalization: { ...normalization },
      // As it was before there was a choice.
      ...precision !== "float32" && { precision },
    };
  },
  async digests({ inputs: { tensors, calibration }, backboneDigest }) {
    const { fingerprint } = tensors.files;
    const digests = { tensors: fingerprint, backbone: await backboneDigest() };
    if (!calibration) return digests;
    // The ranges, not how they came to be: with the same ones rows can be exchanged.
    const { files, manifest = await files.requireManifest() } = calibration;
    const { digest } = findEntry(files, manifest, RANGES_FILE);
    return { ...digests, calibration: digest };
  },
  async make(job) {
    const { makeEmbeddings } = await import("./make/embeddings.ts");
    return await makeEmbeddings(job);
  },
  open: openEmbeddings,
  countWanted: async ({ find, countWanted }) =>
    (await find(TENSORS))?.shards.length ?? await countWanted(TENSORS),
});

/**
 * Most bytes of the shards of a split that stay in memory: 250 photos in two views by a
 * full ResNet-101. To read a row from its file takes several times as long as to copy it;
 * at 16 MB, `eval` of 20,000 photos took 13 MB more.
 */
const KEPT_BYTES = 2 ** 22;

/**
 * Opens the embeddings of a split. Every byte is checked, a shard at a time; what
 * stays in memory of a large one is labels and records, 8 bytes an image.
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
  const entries = artifact.shards.filter(({ path, rows }) =>
    path.startsWith(`${split}-`) && rows > 0
  );
  const isKept = KEPT_BYTES >=
    entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const shards = [];
  let layout = { views: 0, size: 0 };
  for (const { path: name } of entries) {
    const path = files.path(name);
    const bytes = await artifact.read(name);
    const { tensors } = await decodeSealed(bytes, path);
    const embedding = tensors.get("embedding")!;
    const offset = embedding.data.byteOffset - bytes.byteOffset;
    layout = { views: embedding.shape[1]!, size: embedding.shape[2]! };
    shards.push({
      embeddings: isKept ? toFloat32(embedding, "embedding") : fileFloats({
        read: await files.openSync(name, bytes),
        offset,
        path,
      }),
      // Copies: a view would hold the bytes of the whole shard.
      labels: toInt32(tensors.get("label")!, "label").slice(),
      records: toInt32(tensors.get("record")!, "record").slice(),
    });
    if (!isKept) freeBytes(bytes);
  }
  return shards.length === 0 ? undefined : new EmbeddingSource(shards, layout);
}
