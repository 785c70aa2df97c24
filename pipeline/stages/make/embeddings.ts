/** Making embeddings: the backbone runs over the rows that no earlier artifact has. */

import { freeBytes } from "../../artifact/free_bytes.ts";
import { decodeSealed } from "../../artifact/shard.ts";
import type { View } from "../../backbone/normalize.ts";
import type { Embedder } from "../../backends/backend.ts";
import { makeEmbeddingRows } from "../../shards/embedding_rows.ts";
import type { ShardJob } from "../../shards/fill_shards.ts";
import { fillShare } from "../../shards/fill_share.ts";
import { RowCache } from "../../shards/row_cache.ts";
import { warnOfSpace } from "../../shards/space.ts";
import type { Job, Made } from "../stage.ts";
import type { INPUTS } from "../embeddings.ts";

/** Views of a training image, and of any other. */
const VIEWS: Readonly<Record<"train" | "other", readonly View[]>> = {
  train: ["plain", "flipped"],
  other: ["plain"],
};

/** Makes the files of the stage that are missing. */
export async function makeEmbeddings(
  job: Job<typeof INPUTS>,
): Promise<Made | undefined> {
  const { files, store, inputs: { tensors, calibration } } = job;
  let cache: Promise<RowCache> | undefined;
  let engine: Promise<Embedder> | undefined;
  let embedded = 0;
  const viewsOf = (path: string) =>
    path.startsWith("train-") ? VIEWS.train : VIEWS.other;
  const open = async () => {
    const arithmetic = await calibration?.readArithmetic();
    const embedder = await job.openBackbone({ arithmetic });
    const views = tensors.shards.reduce(
      (sum, { path, rows }) => sum + rows * viewsOf(path).length,
      0,
    );
    await warnOfSpace(job, views * embedder.embeddingSize * 4);
    return embedder;
  };
  const shards = tensors.shards.map(({ path, rows }): ShardJob => {
    let reading: Promise<Uint8Array> | undefined;
    return {
      path,
      images: rows,
      ahead() {
        reading = tensors.read(path);
        // The rejection surfaces when the shard is made.
        reading.catch(() => {});
      },
      async make() {
        const bytes = await (reading ?? tensors.read(path));
        reading = undefined;
        const name = tensors.files.path(path);
        const made = await makeEmbeddingRows(
          (await decodeSealed(bytes, name)).tensors,
          {
            views: viewsOf(path),
            cache: await (cache ??= RowCache.open(store, files.work)),
            engine: () => engine ??= open(),
          },
        );
        freeBytes(bytes);
        embedded += made.embedded;
        return made;
      },
    };
  });
  const filled = await fillShare(files, shards, job);
  if (filled === undefined) return undefined;
  const { rejected: _, ...counts } = tensors.manifest.counts;
  return {
    files: filled.map(({ entry }) => entry),
    counts,
    tally: { embedded },
  };
}
