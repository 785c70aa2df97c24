/**
 * Rows of an embedding shard: images run through the backbone, or taken from an
 * earlier artifact.
 */

import type { Tensor } from "../artifact/safetensors.ts";
import { toFloat32, toTensor } from "../artifact/tensor.ts";
import type { View } from "../backbone/normalize.ts";
import type { Embedder } from "../backends/backend.ts";
import { DIGEST_BYTES } from "../dataset/digest_table.ts";
import type { ShardContent } from "./fill_shards.ts";
import type { RowCache } from "./row_cache.ts";

/** Sources of the rows. */
interface EmbeddingRowsOptions {
  views: readonly View[];
  /** Rows of earlier artifacts. */
  cache: RowCache;
  /** Returns the engine, started at the first call. */
  engine: () => Promise<Embedder>;
}

/** The content of a shard, and how much of it was computed. */
interface EmbeddingRows extends ShardContent {
  /** Images that ran through the backbone. */
  embedded: number;
}

/** Looks for the embeddings of images in earlier artifacts, and adds their engines; `digests` is U8 `[n, 32]`. */
async function findRows(
  digests: Uint8Array,
  options: EmbeddingRowsOptions,
  engines: Set<string>,
): Promise<Map<number, Float32Array>> {
  const wanted = options.views.length;
  const found = new Map<number, Float32Array>();
  for (let i = 0; i < digests.length / DIGEST_BYTES; i++) {
    const at = i * DIGEST_BYTES;
    const digest = digests.subarray(at, at + DIGEST_BYTES).toHex();
    const cached = await options.cache.find(digest);
    const tensor = cached?.shard.tensors.get("embedding");
    if (!cached || !tensor) continue;
    const [, present, size] = tensor.shape as [number, number, number];
    // The plain view comes first, so a row with both serves where one is wanted.
    if (present < wanted) continue;
    const start = cached.row * present * size;
    const all = toFloat32(tensor, "embedding");
    found.set(i, all.slice(start, start + wanted * size));
    for (const name of cached.shard.metadata.engine!.split(",")) {
      engines.add(name);
    }
  }
  return found;
}

/** Copies rows of U8 `[n, …]` that are wanted. */
function selectRows(tensor: Tensor, rows: readonly number[]): Uint8Array {
  const n = tensor.shape[0]!;
  if (rows.length === n) return tensor.data;
  const size = tensor.data.byteLength / n;
  const selected = new Uint8Array(rows.length * size);
  rows.forEach((row, i) =>
    selected.set(tensor.data.subarray(row * size, (row + 1) * size), i * size)
  );
  return selected;
}

/**
 * Makes the content of an embedding shard.
 *
 * @param tensors The tensor shard: `image` U8 `[n, S, S, 3]`, `label`, `record`, `digest`.
 * @returns `embedding` F32 `[n, views, D]`; copies of `label`, `record` and `digest`; in the metadata the engines that computed the rows.
 */
export async function makeEmbeddingRows(
  tensors: ReadonlyMap<string, Tensor>,
  options: EmbeddingRowsOptions,
): Promise<EmbeddingRows> {
  const { views } = options;
  const [image, label, record, digest] = ["image", "label", "record", "digest"]
    .map((name) => tensors.get(name)!) as [Tensor, Tensor, Tensor, Tensor];
  const n = image.shape[0]!;
  const engines = new Set<string>();
  const rows = await findRows(digest.data, options, engines);
  const missing = Array.from({ length: n }, (_, i) => i)
    .filter((i) => !rows.has(i));
  if (missing.length > 0) {
    const engine = await options.engine();
    const count = missing.length;
    const pixels = selectRows(image, missing);
    const embeddings = await engine.embed(pixels, { count, views });
    const size = embeddings.length / count;
    missing.forEach((row, i) =>
      rows.set(row, embeddings.subarray(i * size, (i + 1) * size))
    );
    engines.add(engine.name);
  }
  // A shard whose photos were all rejected has no row to take the size from.
  const rowSize = rows.get(0)?.length ?? 0;
  const all = new Float32Array(n * rowSize);
  for (const [row, values] of rows) all.set(values, row * rowSize);
  const shape = [n, views.length, rowSize / views.length];
  const copy = (tensor: Tensor) => ({ ...tensor, data: tensor.data.slice() });
  return {
    tensors: {
      embedding: toTensor(all, shape),
      label: copy(label),
      record: copy(record),
      digest: copy(digest),
    },
    metadata: { engine: [...engines].sort().join(",") },
    embedded: missing.length,
  };
}
